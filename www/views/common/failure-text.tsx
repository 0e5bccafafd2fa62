import type { JSX } from "preact";

import { tellFailure } from "../../text/i18n";

/** What went wrong: in the page's language where it has words for it, then as it was said, in English, with all that it names. */
export function FailureText({ code, message }: { code: string; message: string }): JSX.Element {
  const told = tellFailure(code);
  return (
    <>
      {told && `${told} `}
      <span lang="en">{message}</span>
    </>
  );
}
