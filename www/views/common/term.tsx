import type { JSX } from "preact";
import { useId } from "preact/hooks";

import { tell } from "../../text/i18n";
import { type Stretch, stretchesOf, TERMS } from "../../text/story";

/** A text whose terms explain themselves where they stand. */
export function TextWithTerms({ text }: { text: string }): JSX.Element {
  return (
    <>
      {stretchesOf(text).map((stretch, i) =>
        "term" in stretch ? <Term key={i} {...stretch} /> : <span key={i}>{stretch.words}</span>,
      )}
    </>
  );
}

/** A word with a dotted line: a button that opens what it means, by mouse, finger or key; Escape closes it. */
function Term({ words, term }: Extract<Stretch, { term: unknown }>): JSX.Element {
  const id = useId();
  return (
    <>
      <button
        type="button"
        class="term"
        popovertarget={id}
        aria-label={tell("terms.open", { term: words })}
        data-testid={`term-${term}`}
      >
        {words}
      </button>
      <span id={id} class="term-text" popover="auto" role="note">
        {TERMS[term]}
      </span>
    </>
  );
}
