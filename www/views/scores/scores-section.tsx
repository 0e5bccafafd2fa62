import type { JSX } from "preact";

import type { ScoreReport } from "../../protocol/contract";
import type { AppState, ResultState } from "../../state/model";
import { WORDS } from "../../text/page";
import { SCORE_TERMS, SCORES } from "../../text/scores";
import { shownClasses } from "../../text/sets";
import { useActions, useSelect } from "../app-context";
import { JobProgressLine } from "../common/job-progress";
import { FailureNotice } from "../common/notice";
import { Section } from "../common/section";
import { MatricesPanel, ScoreSettings, ShownScores } from "../results-later";
import { Exports } from "./exports";

const selectScores = (state: AppState): ResultState<ScoreReport> => state.scores;

const selectClassNames = ({ data }: AppState): string[] | null => (data.phase === "ready" ? shownClasses(data) : null);
const selectHasRun = (state: AppState): boolean => state.run.phase === "finished";

/** Section 5: similarity and relevance per layer, and ways to take the results along. */
export function ScoresSection(): JSX.Element {
  const scores = useSelect(selectScores);
  const hasRun = useSelect(selectHasRun);
  const classNames = useSelect(selectClassNames);
  const actions = useActions();
  const shown = scores.phase === "ready" ? scores.value : "previous" in scores ? scores.previous : null;
  return (
    <Section name="scores">
      {scores.phase === "none" && !hasRun && <p class="waiting">{SCORES.waiting}</p>}
      {scores.phase === "none" && hasRun && (
        <p class="actions">
          <button type="button" class="button" data-testid="run-scores" onClick={() => void actions.score()}>
            {SCORES.run}
          </button>
        </p>
      )}
      {scores.phase === "computing" && (
        <JobProgressLine
          text={SCORES.running}
          progress={scores.progress}
          testId="scores-progress"
          onCancel={actions.cancelScores}
        />
      )}
      {scores.phase === "failed" && (
        <FailureNotice failure={scores.failure} testId="scores-failure">
          <p class="actions">
            <button type="button" class="button" onClick={() => void actions.score()}>
              {WORDS.tryAgain}
            </button>
          </p>
        </FailureNotice>
      )}
      {shown && (
        <div class={scores.phase === "ready" ? "scored" : "scored is-stale"}>
          <ShownScores report={shown} />
        </div>
      )}
      {hasRun && classNames && <MatricesPanel classNames={classNames} />}
      {hasRun && <ScoreSettings />}
      <dl class="terms">
        {SCORE_TERMS.map((name) => (
          <div key={name}>
            <dt>{SCORES.terms[name].term}</dt>
            <dd>{SCORES.terms[name].text}</dd>
          </div>
        ))}
      </dl>
      <Exports />
    </Section>
  );
}
