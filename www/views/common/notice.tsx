import type { ComponentChildren, JSX } from "preact";

import type { Failure } from "../../protocol/failure";
import { WORDS } from "../../text/page";
import { adviceFor } from "../../text/advice";
import { Details } from "./details";
import { FailureText } from "./failure-text";

/** Something to know, without alarm. */
export function Notice({ children, testId }: { children: ComponentChildren; testId?: string }): JSX.Element {
  return (
    <div class="notice" role="status" data-testid={testId}>
      <span class="notice-mark" aria-hidden="true">
        i
      </span>
      <div>{children}</div>
    </div>
  );
}

/** A failure where it happened: what it was, what to do, and its code for whoever reports it. */
export function FailureNotice({
  failure,
  children,
  testId = "failure",
}: {
  failure: Failure;
  children?: ComponentChildren;
  testId?: string;
}): JSX.Element {
  const advice = adviceFor(failure.code);
  return (
    <div class="notice notice-failure" role="alert" data-testid={testId} data-code={failure.code}>
      <span class="notice-mark" aria-hidden="true">
        !
      </span>
      <div>
        <p>
          <FailureText {...failure} /> {advice}
        </p>
        <p class="fine">
          {WORDS.code} <code>{failure.code}</code>
        </p>
        <Details text={failure.details} />
        {children}
      </div>
    </div>
  );
}
