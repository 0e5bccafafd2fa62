import type { JSX } from "preact";
import { useMemo } from "preact/hooks";

import { accuracyCurves, type Axes, lossCurves } from "../../render/curves";
import { percent, score } from "../../render/format";
import type { RunLog } from "../../state/model";
import { LineChart } from "./line-chart";

/** Accuracy and losses of a training, live. */
export function TrainingCharts({
  log,
  teacher,
  chance,
  testId,
}: {
  log: RunLog;
  teacher: number | null;
  chance: number | null;
  testId: string;
}): JSX.Element {
  const { reports, evaluations, steps } = log;
  const accuracy = useMemo(
    () => accuracyCurves(evaluations, steps, teacher, chance),
    [evaluations, steps, teacher, chance],
  );
  const losses = useMemo(() => lossCurves(reports), [reports]);
  const accuracyAxes = useMemo<Axes>(
    () => ({ xTitle: "step", yTitle: "test accuracy", xMax: steps, yMin: 0, yMax: 1, yTick: (v) => percent(v).text }),
    [steps],
  );
  const lossAxes = useMemo<Axes>(() => ({ xTitle: "step", yTitle: "loss", xMax: steps, yMin: 0 }), [steps]);
  const last = evaluations.at(-1);
  const lastReport = reports.at(-1);
  return (
    <div class="charts">
      <LineChart
        curves={accuracy}
        axes={accuracyAxes}
        testId={`${testId}-accuracy`}
        label={
          last
            ? `Test accuracy after step ${String(last.step)}: ${percent(last.student).text}${last.base === null ? "" : `, Base ${percent(last.base).text}`}`
            : "Test accuracy, nothing measured yet"
        }
      />
      <LineChart
        curves={losses}
        axes={lossAxes}
        testId={`${testId}-loss`}
        label={
          lastReport
            ? `Loss after step ${String(lastReport.step)}: ${score(lastReport.student.total).text}`
            : "Loss, nothing measured yet"
        }
      />
    </div>
  );
}
