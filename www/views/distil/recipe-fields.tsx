import type { JSX } from "preact";

import { SettingField } from "../common/setting-field";

const MAIN = ["blocks", "width", "steps", "seed"];
const ADVANCED = [
  "batch",
  "rate",
  "momentum",
  "weight-decay",
  "milestones",
  "decay",
  "crop",
  "flip",
  "report-every",
  "evaluate-every",
];

/** The fields of a training recipe; `prefix` tells the Teacher's from the Student's. */
export function RecipeFields({
  prefix,
  main = [],
  advanced = [],
  disabled,
}: {
  prefix: "" | "teacher-";
  /** fields of this recipe alone, shown with the first ones */
  main?: string[];
  /** fields of this recipe alone, shown with the folded ones */
  advanced?: string[];
  disabled: boolean;
}): JSX.Element {
  const field = (name: string): JSX.Element => <SettingField key={name} name={name} disabled={disabled} />;
  return (
    <>
      <div class="fields">
        {MAIN.map((name) => field(prefix + name))}
        {main.map(field)}
      </div>
      <details class="advanced">
        <summary>Batch, rate, augmentation and more</summary>
        <div class="fields">
          {advanced.map(field)}
          {ADVANCED.map((name) => field(prefix + name))}
        </div>
      </details>
    </>
  );
}
