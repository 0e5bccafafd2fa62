import {
  Chart,
  type ChartDataset,
  LinearScale,
  LineController,
  LineElement,
  type Plugin,
  PointElement,
  Tooltip,
} from "chart.js";

import { type Axes, type Curve, DASHES, type Point } from "./curves";
import { whiskerPath } from "./whisker";

Chart.register(LineController, LineElement, PointElement, LinearScale, Tooltip);

/** A chart on a canvas. */
export interface DrawnChart {
  /** Draws curves in the colours that the canvas has by its style. */
  draw(curves: Curve[], axes: Axes): void;
  /** Moves the line that stands across the curves; null takes it away. */
  point(at: number | null): void;
  /** Where along the x axis a pixel lies, counted from the canvas's left edge; null before anything is drawn. */
  positionOf(pixel: number): number | null;
  destroy(): void;
}

/** Makes an empty chart. */
export function makeChart(canvas: HTMLCanvasElement): DrawnChart {
  const made = emptyChart(canvas);
  return {
    draw: (curves, axes) => {
      const colours = getComputedStyle(canvas);
      const read = (name: string): string => colours.getPropertyValue(name).trim();
      made.data.datasets = curves.filter(({ points }) => points.length > 0).map((curve) => dataset(curve, read));
      made.options = { ...made.options, ...styled(axes, read) };
      if (axes.cursor !== undefined) cursors.set(made, axes.cursor);
      else if (!axes.readOut) cursors.delete(made);
      made.update("none");
    },
    point: (at) => {
      if (at === null) cursors.delete(made);
      else cursors.set(made, at);
      made.draw();
    },
    positionOf: (pixel) => made.scales["x"]?.getValueForPixel(pixel) ?? null,
    destroy: () => {
      made.destroy();
    },
  };
}

function emptyChart(canvas: HTMLCanvasElement): Chart<"line", Point[]> {
  return new Chart<"line", Point[]>(canvas, {
    type: "line",
    data: { datasets: [] },
    plugins: [whiskers, cursor],
    options: { animation: false, responsive: true, maintainAspectRatio: false, parsing: false, normalized: true },
  });
}

/** Draws the interval of each point that has one, as a line with two ends. */
const whiskers: Plugin<"line"> = {
  id: "whiskers",
  afterDatasetsDraw: ({ ctx, data, scales, chartArea }) => {
    const { x: across, y: up } = scales;
    if (!across || !up) return;
    for (const { borderColor, data: points } of data.datasets) {
      ctx.save();
      ctx.strokeStyle = String(borderColor);
      ctx.lineWidth = 1.5;
      for (const { x, low, high } of points as Point[]) {
        if (low === undefined || high === undefined) continue;
        const ends = [up.getPixelForValue(low), up.getPixelForValue(high)] as const;
        ctx.stroke(new Path2D(whiskerPath(across.getPixelForValue(x), ends, [chartArea.top, chartArea.bottom])));
      }
      ctx.restore();
    }
  },
};

/** Where along the x axis the cursor of each chart stands. */
const cursors = new WeakMap<object, number>();

/** Draws a line from top to bottom at the chart's cursor. */
const cursor: Plugin<"line"> = {
  id: "cursor",
  afterDatasetsDraw: (chart) => {
    const at = cursors.get(chart);
    const { x: across } = chart.scales;
    if (at === undefined || !across) return;
    const { ctx, chartArea } = chart;
    const x = across.getPixelForValue(at);
    ctx.save();
    ctx.strokeStyle = getComputedStyle(chart.canvas).getPropertyValue("--ink-soft");
    ctx.setLineDash([2, 2]);
    ctx.beginPath();
    ctx.moveTo(x, chartArea.top);
    ctx.lineTo(x, chartArea.bottom);
    ctx.stroke();
    ctx.restore();
  },
};

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
      // Where values are read out below the chart, a box over the curves would only hide them.
      tooltip: { enabled: !axes.readOut, intersect: false, mode: "nearest" },
    },
  };
}
