import type { JSX } from "preact";
import { useMemo } from "preact/hooks";

import type { Axes } from "../../render/curves";
import { percent } from "../../render/format";
import { MOST_CURVES, runCurves } from "../../render/run-curves";
import type { KeptRun } from "../../state/lab";
import { tell } from "../../text/i18n";
import { LAB } from "../../text/lab";
import { LineChart } from "../common/line-chart";

/** The accuracies of the last runs over each other, with one crosshair for all. */
export function RunCurves({ runs }: { runs: KeptRun[] }): JSX.Element | null {
  const shown = useMemo(() => runs.filter(({ log }) => log !== null).slice(-MOST_CURVES), [runs]);
  const curves = useMemo(() => runCurves(shown), [shown]);
  const axes = useMemo<Axes>(() => {
    const steps = Math.max(1, ...shown.map(({ log }) => log?.steps ?? 0));
    const share = (value: number): string => percent(value).text;
    return { xTitle: "", yTitle: "", xMax: steps, yMin: 0, yMax: 1, yTick: share, readOut: share };
  }, [shown]);
  if (shown.length === 0) return null;
  return (
    <figure class="chart-figure" data-testid="run-curves" data-runs={shown.length}>
      <figcaption>{LAB.curves}</figcaption>
      <LineChart
        curves={curves}
        axes={axes}
        testId="run-curves-chart"
        label={tell("lab.curvesLabel", { count: shown.length })}
      />
    </figure>
  );
}
