import type { RunLog } from "../state/model";
import { lossName } from "../text/fields";
import { tell } from "../text/i18n";

/** A point of a curve: where along the axis, what was measured, and the interval that it is uncertain within. */
export interface Point {
  x: number;
  y: number;
  low?: number;
  high?: number;
}

/** A curve of a chart; the three networks and the parts of a loss are told apart by colour, dash and marker together. */
export interface Curve {
  label: string;
  /** which network's colour */
  tone: "teacher" | "student" | "base" | "faint" | `run-${1 | 2 | 3 | 4 | 5 | 6}`;
  line: "solid" | "dashed" | "dotted";
  marker: "circle" | "rect" | "triangle" | "rectRot" | "cross" | "star" | "none";
  points: Point[];
}

/** Lengths of dashes and gaps of each kind of line, pixels. */
export const DASHES: Record<Curve["line"], number[]> = { solid: [], dashed: [6, 4], dotted: [2, 3] };

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
  /** where along the x axis a line stands, for what is on show beside the chart */
  cursor?: number;
  /** how a value is written where all curves are read out at the pointer, under a line there; without it, they are not */
  readOut?: (value: number) => string;
}

/** Where along the x axis at least one of the curves has a point, from left to right. */
export function stepsOf(curves: readonly Curve[]): number[] {
  const steps = new Set(curves.flatMap(({ points }) => points.map(({ x }) => x)));
  return [...steps].sort((a, b) => a - b);
}

/** The step nearest to a place along the x axis, the earlier one at a tie; null where there is none. */
export function nearestStep(steps: readonly number[], at: number): number | null {
  return steps.reduce<number | null>(
    (best, step) => (best === null || Math.abs(step - at) < Math.abs(best - at) ? step : best),
    null,
  );
}

/** What each curve is at a step; null where it has no point there. */
export function valuesAt(curves: readonly Curve[], step: number): (number | null)[] {
  return curves.map(({ points }) => points.find(({ x }) => x === step)?.y ?? null);
}

/** Test accuracy of Student and Base over the steps, with the Teacher and chance as levels to compare with. */
export function accuracyCurves(
  evaluations: RunLog["evaluations"],
  steps: number,
  teacher: number | null,
  chance: number | null,
): Curve[] {
  const level = (y: number | null): Point[] =>
    y === null
      ? []
      : [
          { x: 0, y },
          { x: steps, y },
        ];
  const hasBase = evaluations.some(({ base }) => base !== null);
  return [
    {
      label: hasBase ? tell("words.student") : tell("page.run.curves.testAccuracy"),
      tone: "student",
      line: "solid",
      marker: "circle",
      points: evaluations.map(({ step, student }) => ({ x: step, y: student })),
    },
    {
      label: tell("words.base"),
      tone: "base",
      line: "dashed",
      marker: "rect",
      points: evaluations.flatMap(({ step, base }) => (base === null ? [] : [{ x: step, y: base }])),
    },
    { label: tell("words.teacher"), tone: "teacher", line: "dotted", marker: "none", points: level(teacher) },
    { label: tell("words.chance"), tone: "faint", line: "dotted", marker: "none", points: level(chance) },
  ];
}

/** The parts of the losses over the steps. */
export function lossCurves(reports: RunLog["reports"]): Curve[] {
  const hasBase = reports.some(({ base }) => base !== null);
  const terms = reports[0]?.student.terms.map(({ name }) => name) ?? [];
  const curve = (label: string, tone: Curve["tone"], line: Curve["line"], points: Point[]): Curve => ({
    label,
    tone,
    line,
    marker: "none",
    points,
  });
  if (!hasBase) {
    return [
      curve(
        tell("page.run.curves.crossEntropy"),
        "student",
        "solid",
        reports.map(({ step, student }) => ({ x: step, y: student.hard })),
      ),
    ];
  }
  return [
    curve(
      tell("page.run.curves.studentLabels"),
      "student",
      "solid",
      reports.map(({ step, student }) => ({ x: step, y: student.hard })),
    ),
    ...terms.map((name, place) =>
      curve(
        tell("page.run.curves.studentTerm", { loss: lossName(name) }),
        "teacher",
        "dotted",
        reports.flatMap(({ step, student }) =>
          student.terms.slice(place, place + 1).map(({ value: y }) => ({ x: step, y })),
        ),
      ),
    ),
    curve(
      tell("page.run.curves.baseLabels"),
      "base",
      "dashed",
      reports.flatMap(({ step, base }) => (base ? [{ x: step, y: base.hard }] : [])),
    ),
  ];
}
