import type { JSX } from "preact";

import { count } from "../../render/format";
import { lossTerm, temperatureOf } from "../../state/settings";
import { LOSS_NAMES } from "../../text/fields";
import { useSettings } from "../app-context";

/** The Student's recipe in one line. */
export function RecipeText(): JSX.Element | null {
  const settings = useSettings();
  if (!settings) return null;
  const { blocks, width, steps, batchSize, alpha, beta, loss, seed } = settings.student;
  const temperature = temperatureOf(lossTerm(settings.student).loss);
  const parts = [
    `ResNet-${String(6 * blocks + 2)} of width ${String(width)}`,
    `${count(steps).text} steps of ${String(batchSize)} pictures`,
    LOSS_NAMES[loss],
    ...(temperature === null ? [] : [`T ${String(temperature)}`]),
    `α ${String(alpha)}, β ${String(beta)}`,
    `seed ${String(seed)}`,
  ];
  return <span class="fine">{parts.join(" · ")}</span>;
}
