import type { JSX } from "preact";

import { KEEPING } from "../../text/keeping";

/** A machine's own words, folded away: they help whoever reports a fault, and frighten everybody else. */
export function Details({ text }: { text: string | null | undefined }): JSX.Element | null {
  if (!text) return null;
  return (
    <details class="fine details" data-testid="details">
      <summary>{KEEPING.details}</summary>
      <pre lang="en">{text}</pre>
    </details>
  );
}
