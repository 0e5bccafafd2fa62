import type {
  Comparison,
  Evidence,
  LayerEvidence,
  LayerScores,
  PartialRelevance,
  ScoreReport,
  Similarity,
} from "../protocol/contract";
import { tell, type TextKey } from "../text/i18n";
import type { Axes, Curve, Point } from "./curves";

/** One row of the score table: a kind of score in one convention, over the layers. */
export interface ScoreRow {
  /** stable name for tests and reports, e.g. "rsDistilled-partial" */
  id: string;
  group: "FSS" | "RS" | "difference";
  tone: "teacher" | "student" | "base";
  name: () => string;
  convention: () => string;
  value: (scores: LayerScores) => number;
  /** how sure it is */
  evidence: (scores: LayerScores) => Evidence | Comparison;
}

/** The rows of the score table, top to bottom. */
export const SCORE_ROWS: readonly ScoreRow[] = [
  ...similarity("fssStudent", "student"),
  ...similarity("fssBase", "base"),
  relevance("rsTeacher", "teacher"),
  relevance("rsStudent", "student"),
  relevance("rsBase", "base"),
  ...remaining("rsDistilled", "student"),
  ...remaining("rsResidual", "base"),
  ...remaining("rsStudentGivenTeacher", "student"),
  ...remaining("rsTeacherGivenStudent", "teacher"),
  difference("fssStudentOverBase"),
  difference("rsStudentOverBase"),
  difference("rsDistilledOverResidual"),
];

/** A chart of scores over the layers. */
export interface ScoreChart {
  name: "fss" | "networks" | "differs";
  rows: { id: string; label: TextKey; tone: Curve["tone"]; line: Curve["line"]; marker: Curve["marker"] }[];
}

/** The charts beside the table, each in the convention to judge by. */
export const SCORE_CHARTS: readonly ScoreChart[] = [
  {
    name: "fss",
    rows: [
      { id: "fssStudent-corrected", label: "words.student", tone: "student", line: "solid", marker: "circle" },
      { id: "fssBase-corrected", label: "words.base", tone: "base", line: "dashed", marker: "rect" },
    ],
  },
  {
    name: "networks",
    rows: [
      { id: "rsTeacher", label: "words.teacher", tone: "teacher", line: "dotted", marker: "triangle" },
      { id: "rsStudent", label: "words.student", tone: "student", line: "solid", marker: "circle" },
      { id: "rsBase", label: "words.base", tone: "base", line: "dashed", marker: "rect" },
    ],
  },
  {
    name: "differs",
    rows: [
      { id: "rsDistilled-semi", label: "scores.names.rsDistilled", tone: "student", line: "solid", marker: "circle" },
      { id: "rsResidual-semi", label: "scores.names.rsResidual", tone: "base", line: "dashed", marker: "rect" },
    ],
  },
];

/** How far two curves stand apart, so that their whiskers do not cover each other; layers are 1 apart. */
const APART = 0.06;

/** Curves of a chart, each point with its interval; a layer without scores leaves a gap. */
export function scoreCurves(chart: ScoreChart, report: ScoreReport): Curve[] {
  return chart.rows.map(({ id, label, ...look }, curve) => {
    const row = SCORE_ROWS.find((candidate) => candidate.id === id);
    const shift = APART * (curve - (chart.rows.length - 1) / 2);
    const points = report.layers.map((layer, i): Point => {
      const x = i + 1 + shift;
      if (!row || !("ok" in layer)) return { x, y: NaN };
      const interval = row.evidence(layer.ok).interval;
      const ends = interval ? { low: interval.lower, high: interval.upper } : {};
      return { x, y: row.value(layer.ok), ...ends };
    });
    return { ...look, label: tell(label), points };
  });
}

/** The axes of a chart of scores: they hold every point with its interval, as far as a score can be. */
export function scoreAxes(curves: readonly Curve[], layers: number): Axes {
  const ends = curves
    .flatMap(({ points }) => points.flatMap(({ y, low = y, high = y }) => [y, low, high]))
    .filter(Number.isFinite)
    .map((value) => Math.max(-1, Math.min(1, value)));
  return {
    xTitle: tell("scores.charts.axis"),
    yTitle: "",
    xMin: 0.8,
    xMax: layers + 0.2,
    yMin: Math.min(0, ...ends.map((value) => Math.floor(value * 5) / 5)),
    yMax: Math.max(0.2, ...ends.map((value) => Math.ceil(value * 5) / 5)),
    xTicks: Array.from({ length: layers }, (_, i) => i + 1),
  };
}

type Tone = ScoreRow["tone"];
type KeyOf<V, T = LayerScores> = { [K in keyof T]: T[K] extends V ? K : never }[keyof T] & keyof LayerEvidence;

function similarity(key: KeyOf<Similarity>, tone: Tone): ScoreRow[] {
  const row = (convention: "corrected" | "paper"): ScoreRow => ({
    id: `${key}-${convention}`,
    group: "FSS",
    tone,
    name: () => tell(`scores.names.${key}`),
    convention: () => tell(`scores.conventions.${convention}`),
    value: (s) => s[key][convention],
    evidence: (s) => s.evidence[key][convention],
  });
  return [row("corrected"), row("paper")];
}

function relevance(key: "rsTeacher" | "rsStudent" | "rsBase", tone: Tone): ScoreRow {
  return {
    id: key,
    group: "RS",
    tone,
    name: () => tell(`words.${tone}`),
    convention: () => "R*",
    value: (s) => s[key],
    evidence: (s) => s.evidence[key],
  };
}

function remaining(key: KeyOf<PartialRelevance>, tone: Tone): ScoreRow[] {
  const row = (id: "semi" | "partial", kind: "semiPartial" | "partial"): ScoreRow => ({
    id: `${key}-${id}`,
    group: "RS",
    tone,
    name: () => tell(`scores.names.${key}`),
    convention: () => tell(`scores.conventions.${id}`),
    value: (s) => s[key][kind],
    evidence: (s) => s.evidence[key][kind],
  });
  return [row("semi", "semiPartial"), row("partial", "partial")];
}

function difference(key: KeyOf<Comparison, LayerEvidence>): ScoreRow {
  return {
    id: key,
    group: "difference",
    tone: "student",
    name: () => tell(`scores.names.${key}`),
    convention: () => tell("scores.conventions.same"),
    value: (s) => s.evidence[key].difference,
    evidence: (s) => s.evidence[key],
  };
}
