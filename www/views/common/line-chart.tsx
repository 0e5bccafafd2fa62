import { Chart, type ChartDataset, LinearScale, LineController, LineElement, PointElement, Tooltip } from "chart.js";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Curve, Point } from "../../render/curves";
import { paintSoon } from "../../render/paint-queue";
import { CurveLegend, DASHES } from "./curve-legend";

Chart.register(LineController, LineElement, PointElement, LinearScale, Tooltip);

/** What a chart's axes show. */
export interface Axes {
  xTitle: string;
  yTitle: string;
  xMin?: number;
  xMax?: number;
  yMin?: number;
  yMax?: number;
  /** where the ticks are; chosen by the chart if left out */
  xTicks?: number[];
  yTick?: (value: number) => string;
}

/** Curves over one axis. The label says in words what the chart shows, for readers who do not see it. */
export function LineChart({
  curves,
  axes,
  label,
  testId,
}: {
  curves: Curve[];
  axes: Axes;
  label: string;
  testId: string;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const chart = useRef<Chart<"line", Point[]> | null>(null);
  const theme = useTheme();
  useEffect(
    () =>
      // Drawing a chart takes some of a frame; several are drawn one frame after the other.
      paintSoon(() => {
        if (!canvas.current) return;
        chart.current ??= emptyChart(canvas.current);
        const colours = getComputedStyle(canvas.current);
        const read = (name: string): string => colours.getPropertyValue(name).trim();
        const made = chart.current;
        made.data.datasets = curves.filter(({ points }) => points.length > 0).map((curve) => dataset(curve, read));
        made.options = { ...made.options, ...styled(axes, read) };
        made.update("none");
      }),
    [curves, axes, theme],
  );
  useEffect(
    () => () => {
      chart.current?.destroy();
      chart.current = null;
    },
    [],
  );
  return (
    <div>
      <div class="chart">
        <canvas ref={canvas} role="img" aria-label={label} data-testid={testId} />
      </div>
      <CurveLegend curves={curves} />
    </div>
  );
}

function emptyChart(canvas: HTMLCanvasElement): Chart<"line", Point[]> {
  return new Chart<"line", Point[]>(canvas, {
    type: "line",
    data: { datasets: [] },
    options: { animation: false, responsive: true, maintainAspectRatio: false, parsing: false, normalized: true },
  });
}

type ReadColour = (name: string) => string;

function dataset(curve: Curve, read: ReadColour): ChartDataset<"line", Point[]> {
  const colour = read(`--${curve.tone}`);
  return {
    label: curve.label,
    data: curve.points,
    borderColor: colour,
    backgroundColor: colour,
    borderWidth: curve.tone === "faint" ? 1 : 2,
    borderDash: DASHES[curve.line],
    pointStyle: curve.marker === "none" ? false : curve.marker,
    pointRadius: 4,
    clip: 8,
    tension: 0,
  };
}

function styled(axes: Axes, read: ReadColour): NonNullable<Chart<"line", Point[]>["options"]> {
  const ink = read("--ink-soft");
  const grid = { color: read("--line") };
  const font = { family: read("--font"), size: 12 };
  const { xTicks, yTick } = axes;
  return {
    color: ink,
    font,
    scales: {
      x: {
        type: "linear",
        min: axes.xMin ?? 0,
        ...(axes.xMax === undefined ? {} : { max: axes.xMax }),
        title: { display: true, text: axes.xTitle, color: ink, font },
        ticks: { color: ink, font, maxTicksLimit: 6 },
        grid: { display: false },
        ...(xTicks
          ? {
              afterBuildTicks: (axis) => {
                axis.ticks = xTicks.map((value) => ({ value }));
              },
            }
          : {}),
      },
      y: {
        ...(axes.yMin === undefined ? {} : { min: axes.yMin }),
        ...(axes.yMax === undefined ? {} : { max: axes.yMax }),
        title: { display: true, text: axes.yTitle, color: ink, font },
        ticks: { color: ink, font, maxTicksLimit: 6, ...(yTick ? { callback: (v) => yTick(Number(v)) } : {}) },
        grid,
      },
    },
    plugins: {
      tooltip: { intersect: false, mode: "nearest" },
    },
  };
}

/** "dark" or "light", as the system says, so that charts follow a change. */
function useTheme(): "dark" | "light" {
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
  return isDark ? "dark" : "light";
}
