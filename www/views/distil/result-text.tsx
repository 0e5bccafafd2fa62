import type { JSX } from "preact";

import { percent } from "../../render/format";
import type { EventOf } from "../../state/model";
import { chanceLevel, testCount } from "../../state/select";
import { tell } from "../../text/i18n";
import { WORDS } from "../../text/page";
import { measured, verdict } from "../../text/verdict";
import { useSelect } from "../app-context";
import { NumberText } from "../common/number-text";

/** What came out, large, and in a sentence that claims no more than was measured. */
export function ResultText({ result, isShipped }: { result: EventOf<"finished">; isShipped: boolean }): JSX.Element {
  const chance = useSelect(chanceLevel);
  const tests = useSelect(testCount);
  const { student, base, teacher } = result;
  const outcome = { student, base, teacher, chance, tests, isShipped };
  return (
    <div class="result" data-testid="result">
      <dl class="facts facts-large">
        <Fact tone="student" name="student" value={student} />
        <Fact tone="base" name="base" value={base} />
        <Fact tone="teacher" name="teacher" value={teacher} />
        <Fact tone="faint" name="chance" value={chance} />
      </dl>
      <div data-testid="result-text" aria-live="polite">
        <p>{verdict(outcome)}</p>
        <p class="fine">{measured(outcome)}</p>
        {isShipped && (
          <p class="fine">{tell("page.distil.shippedNote", { steps: result.steps.toLocaleString("en-US") })}</p>
        )}
      </div>
    </div>
  );
}

function Fact({
  tone,
  name,
  value,
}: {
  tone: string;
  name: "student" | "base" | "teacher" | "chance";
  value: number | null;
}): JSX.Element {
  return (
    <div class={`tone-${tone}`}>
      <dt>{WORDS[name]}</dt>
      <dd>
        <NumberText value={value} format={percent} testId={`result-${name}`} />
      </dd>
    </div>
  );
}
