import type { JSX } from "preact";

import { percent } from "../../render/format";
import type { EventOf } from "../../state/model";
import { chanceLevel, testCount } from "../../state/select";
import { measured, verdict } from "../../state/verdict";
import { DISTIL } from "../../text/page";
import { useSelect } from "../app-context";
import { NumberText } from "../common/number-text";

/** What came out, large, and in a sentence that claims no more than was measured. */
export function ResultText({ result, isShipped }: { result: EventOf<"finished">; isShipped: boolean }): JSX.Element {
  const chance = useSelect(chanceLevel);
  const tests = useSelect(testCount);
  const { student, base, teacher } = result;
  const outcome = { student, base, teacher, chance, tests };
  return (
    <div class="result" data-testid="result">
      <dl class="facts facts-large">
        <Fact tone="student" name="Student" value={student} />
        <Fact tone="base" name="Base" value={base} />
        <Fact tone="teacher" name="Teacher" value={teacher} />
        <Fact tone="faint" name="Chance" value={chance} />
      </dl>
      <div data-testid="result-text" aria-live="polite">
        <p>{verdict(outcome)}</p>
        <p class="fine">{measured(outcome)}</p>
        {isShipped && <p class="fine">{DISTIL.shippedNote(result.steps)}</p>}
      </div>
    </div>
  );
}

function Fact({ tone, name, value }: { tone: string; name: string; value: number | null }): JSX.Element {
  return (
    <div class={`tone-${tone}`}>
      <dt>{name}</dt>
      <dd>
        <NumberText value={value} format={percent} testId={`result-${name.toLowerCase()}`} />
      </dd>
    </div>
  );
}
