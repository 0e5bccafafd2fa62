import type {
  Comparison,
  Evidence,
  LayerEvidence,
  LayerScores,
  PartialRelevance,
  ScoreReport,
  Similarity,
} from "../protocol/contract";
import type { Curve, Point } from "./curves";

/** One row of the score table: a kind of score in one convention, over the layers. */
export interface ScoreRow {
  /** stable name for tests and reports, e.g. "rsDistilled-partial" */
  id: string;
  group: "FSS" | "RS" | "difference";
  tone: "teacher" | "student" | "base";
  name: string;
  convention: string;
  value: (scores: LayerScores) => number;
  /** how sure it is */
  evidence: (scores: LayerScores) => Evidence | Comparison;
}

/** The rows of the score table, top to bottom. */
export const SCORE_ROWS: readonly ScoreRow[] = [
  ...similarity("fssStudent", "student", "Student to Teacher"),
  ...similarity("fssBase", "base", "Base to Teacher"),
  relevance("rsTeacher", "teacher", "Teacher"),
  relevance("rsStudent", "student", "Student"),
  relevance("rsBase", "base", "Base"),
  ...remaining("rsDistilled", "student", "Distilled S | B"),
  ...remaining("rsResidual", "base", "Residual B | S"),
  ...remaining("rsStudentGivenTeacher", "student", "Student's own S | T"),
  ...remaining("rsTeacherGivenStudent", "teacher", "Not taken over T | S"),
  difference("fssStudentOverBase", "FSS of Student less Base"),
  difference("rsStudentOverBase", "RS of Student less Base"),
  difference("rsDistilledOverResidual", "RS of distilled less residual"),
];

/** A chart of scores over the layers. */
export interface ScoreChart {
  title: string;
  rows: { id: string; label: string; tone: Curve["tone"]; line: Curve["line"]; marker: Curve["marker"] }[];
}

/** The charts beside the table, each in the convention to judge by. */
export const SCORE_CHARTS: readonly ScoreChart[] = [
  {
    title: "FSS, bias-corrected",
    rows: [
      { id: "fssStudent-corrected", label: "Student", tone: "student", line: "solid", marker: "circle" },
      { id: "fssBase-corrected", label: "Base", tone: "base", line: "dashed", marker: "rect" },
    ],
  },
  {
    title: "RS of the networks",
    rows: [
      { id: "rsTeacher", label: "Teacher", tone: "teacher", line: "dotted", marker: "triangle" },
      { id: "rsStudent", label: "Student", tone: "student", line: "solid", marker: "circle" },
      { id: "rsBase", label: "Base", tone: "base", line: "dashed", marker: "rect" },
    ],
  },
  {
    title: "RS of what differs",
    rows: [
      { id: "rsDistilled-semi", label: "Distilled S | B", tone: "student", line: "solid", marker: "circle" },
      { id: "rsResidual-semi", label: "Residual B | S", tone: "base", line: "dashed", marker: "rect" },
    ],
  },
];

/** How far two curves stand apart, so that their whiskers do not cover each other; layers are 1 apart. */
const APART = 0.06;

/** Curves of a chart, each point with its interval; a layer without scores leaves a gap. */
export function scoreCurves(chart: ScoreChart, report: ScoreReport): Curve[] {
  return chart.rows.map(({ id, ...look }, curve) => {
    const row = SCORE_ROWS.find((candidate) => candidate.id === id);
    const shift = APART * (curve - (chart.rows.length - 1) / 2);
    const points = report.layers.map((layer, i): Point => {
      const x = i + 1 + shift;
      if (!row || !("ok" in layer)) return { x, y: NaN };
      const interval = row.evidence(layer.ok).interval;
      const ends = interval ? { low: interval.lower, high: interval.upper } : {};
      return { x, y: row.value(layer.ok), ...ends };
    });
    return { ...look, points };
  });
}

type Tone = ScoreRow["tone"];
type KeyOf<V, T = LayerScores> = { [K in keyof T]: T[K] extends V ? K : never }[keyof T] & keyof LayerEvidence;

function similarity(key: KeyOf<Similarity>, tone: Tone, name: string): ScoreRow[] {
  const row = (convention: "corrected" | "paper", text: string): ScoreRow => ({
    id: `${key}-${convention}`,
    group: "FSS",
    tone,
    name,
    convention: text,
    value: (s) => s[key][convention],
    evidence: (s) => s.evidence[key][convention],
  });
  return [row("corrected", "bias-corrected R*"), row("paper", "paper convention")];
}

function relevance(key: "rsTeacher" | "rsStudent" | "rsBase", tone: Tone, name: string): ScoreRow {
  return {
    id: key,
    group: "RS",
    tone,
    name,
    convention: "R*",
    value: (s) => s[key],
    evidence: (s) => s.evidence[key],
  };
}

function remaining(key: KeyOf<PartialRelevance>, tone: Tone, name: string): ScoreRow[] {
  const row = (id: string, kind: "semiPartial" | "partial", text: string): ScoreRow => ({
    id: `${key}-${id}`,
    group: "RS",
    tone,
    name,
    convention: text,
    value: (s) => s[key][kind],
    evidence: (s) => s.evidence[key][kind],
  });
  return [row("semi", "semiPartial", "semi-partial"), row("partial", "partial", "partial")];
}

function difference(key: KeyOf<Comparison, LayerEvidence>, name: string): ScoreRow {
  return {
    id: key,
    group: "difference",
    tone: "student",
    name,
    convention: "of the same pictures",
    value: (s) => s.evidence[key].difference,
    evidence: (s) => s.evidence[key],
  };
}
