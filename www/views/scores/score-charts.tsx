import type { JSX } from "preact";
import { useMemo } from "preact/hooks";

import type { ScoreReport } from "../../protocol/contract";
import { SCORE_CHARTS, scoreAxes, type ScoreChart, scoreCurves } from "../../render/score-rows";
import { tell } from "../../text/i18n";
import { SCORES } from "../../text/scores";
import { LineChart } from "../common/line-chart";

/** The scores over the layers, shallowest first. */
export function ScoreCharts({ report }: { report: ScoreReport }): JSX.Element {
  return (
    <div class="charts charts-three">
      {SCORE_CHARTS.map((chart) => (
        <OneChart key={chart.name} chart={chart} report={report} />
      ))}
    </div>
  );
}

function OneChart({ chart, report }: { chart: ScoreChart; report: ScoreReport }): JSX.Element {
  const title = SCORES.charts[chart.name];
  const curves = useMemo(() => scoreCurves(chart, report), [chart, report]);
  const axes = useMemo(() => scoreAxes(curves, report.layers.length), [curves, report]);
  return (
    <figure class="chart-figure">
      <figcaption>{title}</figcaption>
      <LineChart
        curves={curves}
        axes={axes}
        testId={`chart-${chart.name}`}
        label={tell("scores.charts.label", { title })}
      />
    </figure>
  );
}
