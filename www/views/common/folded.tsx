import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";

/** Something that is folded away. It is made when it is unfolded first: dozens of fields that nobody sees cost time, too. */
export function Folded({
  summary,
  testId,
  children,
}: {
  summary: string;
  testId?: string;
  children: () => ComponentChildren;
}): JSX.Element {
  const [hasOpened, setHasOpened] = useState(false);
  return (
    <details
      class="advanced"
      data-testid={testId}
      onToggle={(event) => {
        if (event.currentTarget.open) setHasOpened(true);
      }}
    >
      <summary>{summary}</summary>
      {hasOpened && children()}
    </details>
  );
}
