import type { JSX } from "preact";
import { useMemo } from "preact/hooks";

import { accuracyCurves, type Axes, lossCurves } from "../../render/curves";
import { percent, score } from "../../render/format";
import type { RunLog } from "../../state/model";
import { tell } from "../../text/i18n";
import { RUN } from "../../text/page";
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
    () => ({ xTitle: RUN.step, yTitle: RUN.accuracy, xMax: steps, yMin: 0, yMax: 1, yTick: (v) => percent(v).text }),
    [steps],
  );
  const lossAxes = useMemo<Axes>(() => ({ xTitle: RUN.step, yTitle: RUN.loss, xMax: steps, yMin: 0 }), [steps]);
  const last = evaluations.at(-1);
  const lastReport = reports.at(-1);
  return (
    <div class="charts">
      <LineChart curves={accuracy} axes={accuracyAxes} testId={`${testId}-accuracy`} label={accuracyText(last)} />
      <LineChart
        curves={losses}
        axes={lossAxes}
        testId={`${testId}-loss`}
        label={
          lastReport
            ? tell("page.run.lossAt", { step: lastReport.step, loss: score(lastReport.student.total).text })
            : RUN.lossNone
        }
      />
    </div>
  );
}

function accuracyText(last: RunLog["evaluations"][number] | undefined): string {
  if (!last) return RUN.accuracyNone;
  const told = tell("page.run.accuracyAt", { step: last.step, student: percent(last.student).text });
  return last.base === null ? told : tell("page.run.withBase", { told, base: percent(last.base).text });
}
