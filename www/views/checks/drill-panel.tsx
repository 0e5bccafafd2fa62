import type { JSX } from "preact";

import { magnitude } from "../../render/format";
import { type DrillReport, type DrillState, LOSSES } from "../../state/drill";
import type { AppState } from "../../state/model";
import { tell } from "../../text/i18n";
import { drillRunning, KEEPING } from "../../text/keeping";
import { useActions, useSelect } from "../app-context";
import { FailureNotice } from "../common/notice";

const selectDrill = ({ drill }: AppState): DrillState => drill;
const selectCanDrill = ({ engine, drill }: AppState): boolean => engine.phase === "ready" && drill.phase !== "running";

/** Whether work survives the loss of its device. */
export function DrillPanel(): JSX.Element {
  const drill = useSelect(selectDrill);
  const canDrill = useSelect(selectCanDrill);
  const actions = useActions();
  const { title, run } = KEEPING.drill;
  return (
    <div class="check">
      <h3>{title}</h3>
      <p class="fine">{tell("keeping.drill.text", { count: LOSSES })}</p>
      {drill.phase === "running" ? (
        <p class="waiting" role="status" data-testid="drill-progress" data-done={drill.done}>
          {drillRunning(drill.done, drill.total)}
        </p>
      ) : (
        <p class="actions">
          <button
            type="button"
            class="button"
            data-testid="run-drill"
            disabled={!canDrill}
            onClick={() => void actions.drill()}
          >
            {run}
          </button>
        </p>
      )}
      {drill.phase === "ready" && <Outcome report={drill.report} />}
      {drill.phase === "failed" && <FailureNotice failure={drill.failure} testId="drill-failure" />}
    </div>
  );
}

function Outcome({ report }: { report: DrillReport }): JSX.Element {
  const { total, survived, isSame, drift, seconds: s } = report;
  return (
    <p data-testid="drill-report" data-survived={survived} data-same={isSame}>
      <strong>{tell("keeping.drill.survived", { survived, total, seconds: s.toFixed(0) })}</strong>{" "}
      {isSame
        ? KEEPING.drill.same
        : `${KEEPING.drill.other} ${tell("keeping.drift", { drift: magnitude(drift).text })}`}
    </p>
  );
}
