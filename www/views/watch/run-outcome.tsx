import type { JSX } from "preact";

import type { ExplanationData } from "../../protocol/messages";
import { percent } from "../../render/format";
import type { AppState, EventOf, ResultState } from "../../state/model";
import { chanceLevel, testCount } from "../../state/select";
import { WORDS } from "../../text/page";
import { verdict } from "../../text/verdict";
import { WATCH } from "../../text/watch";
import { useSelect } from "../app-context";
import { NumberText } from "../common/number-text";
import { showSection } from "../common/section";

const selectMaps = (state: AppState): ResultState<ExplanationData>["phase"] => state.maps.phase;

/** What a learning came to, as the first thing that is said of it, and the way to its maps once they are there. */
export function RunOutcome({ result }: { result: EventOf<"finished"> }): JSX.Element {
  const chance = useSelect(chanceLevel);
  const tests = useSelect(testCount);
  const maps = useSelect(selectMaps);
  return (
    <div class="outcome" data-testid="watch-outcome">
      <p class="outcome-numbers">
        {(["teacher", "student", "base"] as const).map((name) => (
          <span class={`tone-${name}`} key={name}>
            {WORDS[name]}{" "}
            <strong>
              <NumberText value={result[name]} format={percent} testId={`outcome-${name}`} />
            </strong>
          </span>
        ))}
      </p>
      <p>{verdict({ ...result, chance, tests })}</p>
      <p class="actions">
        <button
          type="button"
          class="button"
          data-testid="see-maps"
          disabled={maps === "none" || maps === "computing"}
          onClick={() => {
            showSection("look");
          }}
        >
          {WATCH.seeMaps}
        </button>
      </p>
    </div>
  );
}
