import type { JSX } from "preact";

import { count } from "../../render/format";
import { useSettings } from "../app-context";

/** The Student's recipe in one line. */
export function RecipeText(): JSX.Element | null {
  const settings = useSettings();
  if (!settings) return null;
  const { blocks, width, steps, batchSize, temperature, alpha, beta, seed } = settings.student;
  const parts = [
    `ResNet-${String(6 * blocks + 2)} of width ${String(width)}`,
    `${count(steps).text} steps of ${String(batchSize)} pictures`,
    `T ${String(temperature)}`,
    `α ${String(alpha)}, β ${String(beta)}`,
    `seed ${String(seed)}`,
  ];
  return <span class="fine">{parts.join(" · ")}</span>;
}
