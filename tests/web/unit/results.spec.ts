import { expect, test } from "@playwright/test";

import type { Evidence, LayerScores, ScoreReport } from "../../../www/protocol/contract";
import { chartSvg } from "../../../www/render/chart-svg";
import { accuracyCurves, type Curve, lossCurves, nearestStep, stepsOf, valuesAt } from "../../../www/render/curves";
import { SCORE_CHARTS, SCORE_ROWS, scoreAxes, scoreCurves } from "../../../www/render/score-rows";
import { whiskerPath } from "../../../www/render/whisker";
import { measured, verdict } from "../../../www/text/verdict";
import { FINISHED, REPORT, report } from "./support";

const OUTCOME = { student: 0.61, base: 0.25, teacher: 0.96, chance: 1 / 6, tests: 600 };

const EVIDENCE: Evidence = { tTest: null, null: null, interval: null, verdict: "withheld" };
const OF_SIMILARITY = { paper: EVIDENCE, corrected: EVIDENCE };
const OF_PARTIAL = { semiPartial: EVIDENCE, partial: EVIDENCE };
const COMPARISON = { difference: 0, null: null, interval: null, verdict: "withheld" as const };

const NUMBERS = {
  fssStudent: { paper: 0.99, corrected: 0.9 },
  fssBase: { paper: 0.98, corrected: 0.8 },
  rsTeacher: 0.5,
  rsStudent: 0.4,
  rsBase: 0.3,
  rsDistilled: { semiPartial: 0.2, partial: 0.21 },
  rsResidual: { semiPartial: -0.1, partial: -0.11 },
  rsStudentGivenTeacher: { semiPartial: 0.01, partial: 0.011 },
  rsTeacherGivenStudent: { semiPartial: 0.3, partial: 0.31 },
};

const SCORES: LayerScores = {
  layer: "layer1",
  ...NUMBERS,
  evidence: {
    fssStudent: OF_SIMILARITY,
    fssBase: OF_SIMILARITY,
    rsTeacher: EVIDENCE,
    rsStudent: EVIDENCE,
    rsBase: EVIDENCE,
    rsDistilled: OF_PARTIAL,
    rsResidual: OF_PARTIAL,
    rsStudentGivenTeacher: OF_PARTIAL,
    rsTeacherGivenStudent: OF_PARTIAL,
    fssStudentOverBase: COMPARISON,
    rsStudentOverBase: COMPARISON,
    rsDistilledOverResidual: COMPARISON,
  },
  dimensions: { teacher: 1024, student: 512, base: 512 },
  warnings: ["dimensionExceedsImages"],
};

test("the result is stated with everything that it was measured on", () => {
  expect(measured(OUTCOME)).toBe("Student 61 %, Base 25 %, chance 17 %, Teacher 96 % (600 test pictures, one seed).");
});

test("a handful of test pictures ranks nobody, however far apart the two are", () => {
  const dozen = { student: 4 / 6, base: 5 / 6, teacher: 1, chance: 0.5, tests: 6, isShipped: true };
  const few = "6 test pictures are too few to rank Student and Base.";
  expect(verdict(dozen)).toBe(few);
  expect(verdict({ ...dozen, student: 1, base: 0.5, isShipped: false })).toBe(few);
  // Two classes need 25 pictures, six need 14.
  expect(verdict({ ...dozen, student: 1, base: 0.5, tests: 24 })).toContain("too few");
  expect(verdict({ ...dozen, student: 1, base: 0.5, tests: 25 })).toContain("50 points better");
  expect(verdict({ ...dozen, student: 1, base: 0.2, chance: 1 / 6, tests: 14 })).toContain("80 points better");
});

test("networks that were trained beforehand are not told to learn more", () => {
  const shipped = { student: 0.52, base: 0.51, teacher: 0.9, chance: 0.5, tests: 100, isShipped: true };
  for (const outcome of [shipped, { ...shipped, student: 0.6, base: 0.9 }]) {
    expect(verdict(outcome)).toContain("On these pictures");
    expect(verdict(outcome)).not.toMatch(/learned yet|more steps/);
    expect(verdict({ ...outcome, isShipped: false })).toContain("more steps");
  }
});

test("the verdict claims no more than the pictures can tell", () => {
  expect(verdict(OUTCOME)).toContain("36 points better");
  expect(verdict({ ...OUTCOME, student: 0.25, base: 0.61 })).toContain("36 points worse");
  expect(verdict({ ...OUTCOME, student: 0.61, base: 0.6 })).toContain("too close to tell apart");
  expect(verdict({ ...OUTCOME, student: 0.61, base: 0.61 })).toContain("no benefit");
  expect(verdict({ ...OUTCOME, student: 0.18, base: 0.16 })).toContain("near chance");
});

test("every score is in the table once, and the charts show rows of it", () => {
  const ids = SCORE_ROWS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const scored = SCORE_ROWS.filter(({ group }) => group !== "difference");
  const values = scored.map(({ value }) => value(SCORES)).sort();
  const all = Object.values(NUMBERS).flatMap((v) => (typeof v === "object" ? Object.values(v) : [v]));
  expect(values).toEqual(all.sort());
  for (const chart of SCORE_CHARTS) for (const { id } of chart.rows) expect(ids).toContain(id);
});

test("a layer without scores leaves a gap in the charts", () => {
  const error = { layer: "layer2", code: "constant-features", message: "All the same." };
  const given: ScoreReport = { ...REPORT, layers: [{ ok: SCORES }, { error }, { ok: SCORES }] };
  for (const chart of SCORE_CHARTS) {
    for (const { points } of scoreCurves(chart, given)) {
      expect(points.map(({ x }) => Math.round(x))).toEqual([1, 2, 3]);
      expect(points.map(({ y }) => Number.isFinite(y))).toEqual([true, false, true]);
    }
  }
});

test("an interval lies within its chart, and one that does not ends at the edge in an arrowhead", () => {
  const curve = (ends: [number, number, number][]): Curve => ({
    ...{ label: "Student", tone: "student", line: "solid", marker: "circle" },
    points: ends.map(([low, y, high], i) => ({ x: i + 1, y, low, high })),
  });
  const flagship = curve([[0.7, 0.79, 0.87]]);
  expect(scoreAxes([flagship], 1)).toMatchObject({ yMin: 0, yMax: 1, xTicks: [1] });
  // No score is beyond 1, whatever an interval says.
  expect(scoreAxes([curve([[-3, -0.1, 2]])], 1)).toMatchObject({ yMin: -1, yMax: 1 });
  expect(scoreAxes([curve([[NaN, NaN, NaN]])], 1)).toMatchObject({ yMin: 0, yMax: 0.2 });

  // Up is less, as on a canvas.
  expect(whiskerPath(50, [80, 30], [10, 90])).toBe("M50 30V80M46 30L50 30L54 30M46 80L50 80L54 80");
  expect(whiskerPath(50, [120, -40], [10, 90])).toBe("M50 10V90M46 14L50 10L54 14M46 86L50 90L54 86");
  expect(whiskerPath(50, [200, 95], [10, 90])).toBe("");
  expect(whiskerPath(50, [NaN, 95], [10, 90])).toBe("");
  const look = { colour: (name: string) => name, font: "serif" };
  const svg = chartSvg([flagship], { xTitle: "", yTitle: "", xMin: 0, xMax: 2, yMin: 0, yMax: 0.8 }, 200, 152, look);
  // The plot is 100 pixels high and begins 10 below the top.
  expect(svg).toContain("M120 10V22.5M116 14L120 10L124 14");
});

test("a share that is not all is not called all in what was measured", () => {
  expect(measured({ ...OUTCOME, teacher: 598 / 600 })).toContain("Teacher 99.7 % (");
});

test("a crosshair stands where a curve has a point, and reads all curves there", () => {
  const curve = (label: string, points: [number, number][]): Curve => ({
    ...{ label, tone: "student", line: "solid", marker: "circle" },
    points: points.map(([x, y]) => ({ x, y })),
  });
  const curves = [
    curve("often", [
      [1, 0.1],
      [2, 0.2],
      [4, 0.4],
    ]),
    curve("seldom", [
      [2, 0.6],
      [5, 0.9],
    ]),
    curve("not yet", []),
  ];
  const steps = stepsOf(curves);
  expect(steps).toEqual([1, 2, 4, 5]);
  expect([-3, 1.4, 3, 4.6, 99].map((at) => nearestStep(steps, at))).toEqual([1, 1, 2, 5, 5]);
  expect(nearestStep([], 3)).toBeNull();
  expect(valuesAt(curves, 2)).toEqual([0.2, 0.6, null]);
  expect(valuesAt(curves, 5)).toEqual([null, 0.9, null]);
});

test("Student and Base differ in their curves by more than colour", () => {
  const evaluations = [{ ...FINISHED, kind: "evaluation" as const }];
  const [student, base, teacher, chance] = accuracyCurves(evaluations, 300, 0.9, 0.5);
  expect(student).toMatchObject({ label: "Student", line: "solid", points: [{ x: 300, y: 0.6 }] });
  expect(base).toMatchObject({ label: "Base", line: "dashed", points: [{ x: 300, y: 0.2 }] });
  expect(teacher?.points.map(({ y }) => y)).toEqual([0.9, 0.9]);
  expect(chance?.points.map(({ y }) => y)).toEqual([0.5, 0.5]);
  expect(lossCurves([report(10)]).map(({ label }) => label)).toEqual([
    "Student, labels",
    "Student, softened answers, T²·KL",
    "Base, labels",
  ]);
});
