import type { JSX } from "preact";

import { networkName } from "../../state/networks";
import { count } from "../../render/format";
import { LOSS_NAMES } from "../../text/fields";
import { useSettings } from "../app-context";

/** The Student's recipe in one line. */
export function RecipeText(): JSX.Element | null {
  const settings = useSettings();
  if (!settings) return null;
  const { student, optimiser, alpha, terms, assistants } = settings.distillation;
  const { steps, batchSize, seed } = optimiser;
  const parts = [
    networkName(student),
    `${count(steps).text} steps of ${String(batchSize)} pictures`,
    ...assistants.map(({ network }) => `by way of ${networkName(network)}`),
    [
      `labels ×${String(alpha)}`,
      ...terms.map(({ loss, weight }) => `${LOSS_NAMES[loss.kind]} ×${String(weight)}`),
    ].join(", "),
    `seed ${String(seed)}`,
  ];
  return <span class="fine">{parts.join(" · ")}</span>;
}
