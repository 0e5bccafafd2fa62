import type { ComponentChildren, JSX } from "preact";

import type { Failure } from "../../protocol/failure";
import { FailureNotice } from "./notice";
import { Tabs } from "./tabs";
import { WeightPicker } from "./weight-picker";

/** What a training begins with. */
export type StartName = "random" | "given";

/** Random weights, or those of a file: which of them, what is known of the file, and a way to pick another one. */
export function StartTabs({
  name,
  words,
  chosen,
  disabled,
  failure,
  onChoose,
  onPick,
  children,
}: {
  /** Of the setting; ids of tests begin with it. */
  name: string;
  words: Record<"label" | "random" | "given" | "pick", string>;
  chosen: StartName;
  disabled: boolean;
  failure: Failure | null;
  onChoose: (start: StartName) => void;
  onPick: (file: File) => void;
  /** What is told of the given weights. */
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="start-choice">
      <Tabs
        name={name}
        label={words.label}
        chosen={chosen}
        disabled={disabled}
        options={[
          { value: "random", label: words.random },
          { value: "given", label: words.given },
        ]}
        onChoose={onChoose}
      />
      {chosen === "given" && (
        <>
          <p class="fine" data-testid={`${name}-text`}>
            {children}
          </p>
          <WeightPicker testId={`${name}-file`} label={words.pick} disabled={disabled} onPick={onPick} />
        </>
      )}
      {failure && <FailureNotice failure={failure} testId={`${name}-failure`} />}
    </div>
  );
}
