import type { JSX } from "preact";

import type { FaithfulnessReport, SanityReport } from "../../protocol/contract";
import type { AppState, ResultState } from "../../state/model";
import { CHECKS } from "../../text/checks";
import { useActions, useSelect } from "../app-context";
import { JobProgressLine } from "../common/job-progress";
import { FailureNotice } from "../common/notice";
import { FaithfulnessTable } from "./faithfulness-table";
import { SanityTable } from "./sanity-table";

const selectFaithfulness = (state: AppState): ResultState<FaithfulnessReport> => state.faithfulness;
const selectSanity = (state: AppState): ResultState<SanityReport> => state.sanity;

/** Tests of a run's maps: whether the networks need the pixels that they mark, and whether they hang on what was learned. */
export function MapChecks(): JSX.Element {
  return (
    <>
      <FaithfulnessPanel />
      <SanityPanel />
    </>
  );
}

function FaithfulnessPanel(): JSX.Element {
  const state = useSelect(selectFaithfulness);
  const actions = useActions();
  const shown = shownOf(state);
  const { title, text, run, running } = CHECKS.faithfulness;
  return (
    <div class="check">
      <h3>{title}</h3>
      <p class="fine">{text}</p>
      {state.phase === "computing" ? (
        <JobProgressLine
          text={running}
          progress={state.progress}
          testId="faithfulness-progress"
          onCancel={actions.cancelFaithfulness}
        />
      ) : (
        <RunButton testId="run-faithfulness" text={run} onRun={actions.testFaithfulness} />
      )}
      {state.phase === "failed" && <FailureNotice failure={state.failure} testId="faithfulness-failure" />}
      {shown && <FaithfulnessTable report={shown} />}
    </div>
  );
}

function SanityPanel(): JSX.Element {
  const state = useSelect(selectSanity);
  const actions = useActions();
  const shown = shownOf(state);
  const { title, text, run, running } = CHECKS.sanity;
  return (
    <div class="check">
      <h3>{title}</h3>
      <p class="fine">{text}</p>
      {state.phase === "computing" ? (
        <p class="waiting" aria-live="polite">
          {running}
        </p>
      ) : (
        <RunButton testId="run-sanity" text={run} onRun={actions.testSanity} />
      )}
      {state.phase === "failed" && <FailureNotice failure={state.failure} testId="sanity-failure" />}
      {shown && <SanityTable report={shown} />}
    </div>
  );
}

function RunButton({
  testId,
  text,
  onRun,
}: {
  testId: string;
  text: string;
  onRun: () => Promise<boolean>;
}): JSX.Element {
  return (
    <p class="actions">
      <button type="button" class="button" data-testid={testId} onClick={() => void onRun()}>
        {text}
      </button>
    </p>
  );
}

function shownOf<T>(state: ResultState<T>): T | null {
  if (state.phase === "ready") return state.value;
  return "previous" in state ? state.previous : null;
}
