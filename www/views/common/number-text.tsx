import type { JSX } from "preact";

import type { Formatted } from "../../render/format";

/** A number in text. Tests read the raw value from `data-value`; people see the rest of the digits as a tooltip. */
export function NumberText({
  value,
  format,
  testId,
}: {
  value: number | null | undefined;
  format: (value: number | null | undefined) => Formatted;
  testId?: string | undefined;
}): JSX.Element {
  const { text, title } = format(value);
  const raw = typeof value === "number" && Number.isFinite(value) ? value : undefined;
  return (
    <span class="number" title={title} data-value={raw} data-testid={testId}>
      {text}
    </span>
  );
}
