import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { ChartLook } from "../../render/chart-svg";
import type { DrawnChart } from "../../render/chart";
import type { Axes, Curve } from "../../render/curves";
import { paintSoon } from "../../render/paint-queue";
import { drawsAs } from "../../render/vectors";
import type { Theme } from "../../state/appearance";
import type { AppState } from "../../state/model";
import { useActions, useSelect } from "../app-context";
import { useCrosshair } from "./crosshair";
import { CurveLegend } from "./curve-legend";
import { Figure } from "./figure";

/** Chart.js comes as a file of its own, when the first chart is due: reading it is a long task on a slow machine. */
const loadChart = async () => {
  const [{ makeChart }, { chartSvg }] = await Promise.all([
    import(/* webpackChunkName: "chart" */ "../../render/chart"),
    import(/* webpackChunkName: "chart" */ "../../render/chart-svg"),
  ]);
  return { makeChart, chartSvg };
};

/** Curves over one axis. The label says in words what the chart shows, for readers who do not see it. */
export function LineChart({
  curves,
  axes,
  label,
  testId,
  isLow = false,
}: {
  curves: Curve[];
  axes: Axes;
  label: string;
  testId: string;
  /** half as high as usual, where much else is to be seen */
  isLow?: boolean;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<DrawnChart | null>(null);
  const actions = useActions();
  const theme = useTheme();
  const crosshair = useCrosshair(chart, curves, axes, label);
  useEffect(() => {
    let drop: (() => void) | null = null;
    let isWanted = true;
    void actions.fetchPart(loadChart).then((part) => {
      if (!part || !isWanted) return;
      const { makeChart, chartSvg } = part;
      // Making a chart takes some of a frame and so does drawing it: both wait for their turns.
      const draw = (): void => {
        if (!canvas.current) return;
        const target = canvas.current;
        drawsAs(target, (width, height) => chartSvg(curves, axes, width, height, lookOf(target)));
        if (chart.current) {
          chart.current.draw(curves, axes);
          return;
        }
        chart.current = makeChart(canvas.current);
        drop = paintSoon(draw);
      };
      drop = paintSoon(draw);
    });
    return () => {
      isWanted = false;
      drop?.();
    };
  }, [actions, curves, axes, theme]);
  useEffect(
    () => () => {
      chart.current?.destroy();
      chart.current = null;
    },
    [],
  );
  return (
    <Figure name={testId} title={label}>
      <div class={isLow ? "chart chart-low" : "chart"} {...crosshair?.props}>
        <canvas ref={canvas} {...(crosshair ? {} : { role: "img", "aria-label": label })} data-testid={testId} />
      </div>
      <CurveLegend curves={curves} values={crosshair?.values} />
      {crosshair && (
        <p class="fine" data-testid={`${testId}-step`} data-step={crosshair.step ?? ""}>
          {crosshair.text}
        </p>
      )}
    </Figure>
  );
}

function lookOf(canvas: HTMLCanvasElement): ChartLook {
  const style = getComputedStyle(canvas);
  return { colour: (name) => style.getPropertyValue(`--${name}`).trim(), font: style.fontFamily };
}

const selectTheme = ({ theme }: AppState): Theme => theme;

/** "dark" or "light", as it was chosen or as the system says, so that charts follow a change. */
function useTheme(): "dark" | "light" {
  const chosen = useSelect(selectTheme);
  const [isDark, setIsDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
  useEffect(() => {
    const query = matchMedia("(prefers-color-scheme: dark)");
    const update = (): void => {
      setIsDark(query.matches);
    };
    query.addEventListener("change", update);
    return () => {
      query.removeEventListener("change", update);
    };
  }, []);
  if (chosen !== "auto") return chosen;
  return isDark ? "dark" : "light";
}
