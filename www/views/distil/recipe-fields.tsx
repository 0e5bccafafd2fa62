import type { JSX } from "preact";

import { DISTIL } from "../../text/page";
import { Folded } from "../common/folded";
import { SettingField } from "../common/setting-field";

/** Fields with a heading of their own. */
interface Group {
  title: keyof typeof DISTIL.groups;
  fields: readonly string[];
}

const MAIN = ["family", "blocks", "resnet-depth", "vgg-depth", "width", "batch-norm", "steps", "seed"];

const GROUPS: readonly Group[] = [
  {
    title: "batches",
    fields: ["batch", "accumulation", "crop", "crop-area", "flip", "report-every", "evaluate-every"],
  },
  {
    title: "optimiser",
    fields: ["optimiser", "rate", "momentum", "nesterov", "beta1", "beta2", "epsilon", "weight-decay"],
  },
  { title: "schedule", fields: ["schedule", "milestones", "decay", "warm-up", "floor"] },
];

const STUDENT_MAIN = ["temperature", "beta"];

const STUDENT_GROUPS: readonly Group[] = [
  {
    title: "losses",
    fields: [
      "alpha",
      "softened-error",
      "softened-error-temperature",
      "attention",
      "hint",
      "hint-layer",
      "overhaul",
      "class-attention",
      "class-attention-resolution",
      "decoupled",
      "decoupled-alpha",
      "decoupled-beta",
      "decoupled-temperature",
    ],
  },
  { title: "way", fields: ["assistants"] },
  { title: "watching", fields: ["timeline-pictures", "timeline-every", "timeline-layer"] },
];

/** The fields of a training recipe, the Teacher's or the Student's: the usual ones, and all others folded. */
export function RecipeFields({ of, disabled }: { of: "teacher" | "student"; disabled: boolean }): JSX.Element {
  const prefix = of === "teacher" ? "teacher-" : "";
  const field = (name: string): JSX.Element => <SettingField key={name} name={name} disabled={disabled} />;
  const group = ({ title, fields }: Group): JSX.Element => (
    <fieldset class="field-group" key={title}>
      <legend>{DISTIL.groups[title]}</legend>
      <div class="fields">{fields.map(field)}</div>
    </fieldset>
  );
  const shared = GROUPS.map(({ title, fields }) => ({ title, fields: fields.map((name) => prefix + name) }));
  return (
    <>
      <div class="fields">
        {MAIN.map((name) => field(prefix + name))}
        {of === "student" && STUDENT_MAIN.map(field)}
      </div>
      <Folded summary={of === "student" ? DISTIL.moreStudent : DISTIL.moreTeacher} testId={`${prefix}advanced`}>
        {() => (
          <div class="field-groups">
            {of === "student" && STUDENT_GROUPS.map(group)}
            {shared.map(group)}
          </div>
        )}
      </Folded>
    </>
  );
}
