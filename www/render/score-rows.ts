import type { LayerScores, PartialRelevance, ScoreReport, Similarity } from "../protocol/contract";
import type { Curve } from "./curves";

/** One row of the score table: a kind of score in one convention, over the layers. */
export interface ScoreRow {
  /** stable name for tests and reports, e.g. "rsDistilled-partial" */
  id: string;
  group: "FSS" | "RS";
  tone: "teacher" | "student" | "base";
  name: string;
  convention: string;
  value: (scores: LayerScores) => number;
}

/** The rows of the score table, top to bottom. */
export const SCORE_ROWS: readonly ScoreRow[] = [
  ...similarity("fssStudent", "student", "Student to Teacher", (s) => s.fssStudent),
  ...similarity("fssBase", "base", "Base to Teacher", (s) => s.fssBase),
  relevance("rsTeacher", "teacher", "Teacher", (s) => s.rsTeacher),
  relevance("rsStudent", "student", "Student", (s) => s.rsStudent),
  relevance("rsBase", "base", "Base", (s) => s.rsBase),
  ...remaining("rsDistilled", "student", "Distilled S | B", (s) => s.rsDistilled),
  ...remaining("rsResidual", "base", "Residual B | S", (s) => s.rsResidual),
  ...remaining("rsStudentGivenTeacher", "student", "Student's own S | T", (s) => s.rsStudentGivenTeacher),
  ...remaining("rsTeacherGivenStudent", "teacher", "Not taken over T | S", (s) => s.rsTeacherGivenStudent),
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

/** Curves of a chart; a layer without scores leaves a gap. */
export function scoreCurves(chart: ScoreChart, report: ScoreReport): Curve[] {
  return chart.rows.map(({ id, ...look }) => ({
    ...look,
    points: report.layers.map((layer, i) => {
      const y = "ok" in layer ? SCORE_ROWS.find((row) => row.id === id)?.value(layer.ok) : undefined;
      return { x: i + 1, y: y !== undefined && Number.isFinite(y) ? y : NaN };
    }),
  }));
}

type Tone = ScoreRow["tone"];

function similarity(key: string, tone: Tone, name: string, get: (scores: LayerScores) => Similarity): ScoreRow[] {
  return [
    {
      id: `${key}-corrected`,
      group: "FSS",
      tone,
      name,
      convention: "bias-corrected R*",
      value: (s) => get(s).corrected,
    },
    { id: `${key}-paper`, group: "FSS", tone, name, convention: "paper convention", value: (s) => get(s).paper },
  ];
}

function relevance(key: string, tone: Tone, name: string, value: (scores: LayerScores) => number): ScoreRow {
  return { id: key, group: "RS", tone, name, convention: "R*", value };
}

function remaining(key: string, tone: Tone, name: string, get: (scores: LayerScores) => PartialRelevance): ScoreRow[] {
  return [
    { id: `${key}-semi`, group: "RS", tone, name, convention: "semi-partial", value: (s) => get(s).semiPartial },
    { id: `${key}-partial`, group: "RS", tone, name, convention: "partial", value: (s) => get(s).partial },
  ];
}
