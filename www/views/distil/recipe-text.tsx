import type { JSX } from "preact";

import { networkText } from "../../text/networks";
import { count } from "../../render/format";
import { lossKindName } from "../../text/fields";
import { listed, tell } from "../../text/i18n";
import { useSettings } from "../app-context";

/** The Student's recipe in one line. */
export function RecipeText(): JSX.Element | null {
  const settings = useSettings();
  if (!settings) return null;
  const { student, optimiser, alpha, terms, assistants } = settings.distillation;
  const { steps, batchSize, seed } = optimiser;
  const parts = [
    networkText(student),
    tell("page.distil.steps", { steps: count(steps).text, batch: batchSize }),
    ...assistants.map(({ network }) => tell("page.distil.byWay", { network: networkText(network) })),
    listed([
      tell("page.distil.labels", { weight: alpha }),
      ...terms.map(({ loss, weight }) => `${lossKindName(loss.kind)} ×${String(weight)}`),
    ]),
    tell("page.distil.seed", { seed }),
  ];
  return <span class="fine">{parts.join(" · ")}</span>;
}
