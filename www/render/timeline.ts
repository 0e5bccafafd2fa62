import type { Timeline, TimelinePoint } from "../protocol/contract";
import type { RunLog } from "../state/model";
import { tell } from "../text/i18n";
import type { Curve, Point } from "./curves";

/** Maps of a watched picture, as they lie in a point. */
export const WATCHED_MAPS = ["distilled", "residual"] as const;
export type WatchedMap = (typeof WATCHED_MAPS)[number];

/** Decoded bytes of points that were drawn before: playing back decodes nothing twice. */
const decoded = new WeakMap<TimelinePoint, Uint8Array>();

/**
 * One map out of a point, shares 0..1 of its own maximum, `[height, width]` of the timeline's `rawSize`.
 *
 * @param picture position among the watched pictures
 */
export function watchedMap(timeline: Timeline, point: TimelinePoint, picture: number, kind: WatchedMap): Float32Array {
  const area = timeline.rawSize.width * timeline.rawSize.height;
  let bytes = decoded.get(point);
  if (!bytes) {
    bytes = Uint8Array.from(atob(point.maps), (letter) => letter.charCodeAt(0));
    decoded.set(point, bytes);
  }
  const start = (picture * WATCHED_MAPS.length + WATCHED_MAPS.indexOf(kind)) * area;
  return Float32Array.from(bytes.subarray(start, start + area), (byte) => byte / 255);
}

/** Tests of the two networks on their way. */
type Evaluations = RunLog["evaluations"];

/** The last test up to a step; null before the first one. */
export function testedBy(evaluations: Evaluations, step: number): Evaluations[number] | null {
  return evaluations.findLast((evaluation) => evaluation.step <= step) ?? null;
}

type Points = readonly TimelinePoint[];

function curve(key: CurveKey, tone: Curve["tone"], line: Curve["line"], points: Point[]): Curve {
  return { label: tell(`watch.chart.${key}`), tone, line, marker: "none", points };
}

type CurveKey = "studentRight" | "baseRight" | "fssStudent" | "fssBase" | "rsDistilled" | "rsResidual";

/**
 * How well the two networks do on all test pictures, where they were tested, and on the reference batch, over the steps;
 * chance as a level to compare with.
 */
export function rightCurves(points: Points, evaluations: Evaluations, steps: number, chance: number | null): Curve[] {
  const at = (value: (point: TimelinePoint) => number): Point[] =>
    points.map((point) => ({ x: point.step, y: value(point) }));
  return [
    {
      label: tell("watch.chart.studentTested"),
      tone: "student",
      line: "solid",
      marker: "circle",
      points: evaluations.map(({ step, student }) => ({ x: step, y: student })),
    },
    {
      label: tell("watch.chart.baseTested"),
      tone: "base",
      line: "solid",
      marker: "rect",
      points: evaluations.flatMap(({ step, base }) => (base === null ? [] : [{ x: step, y: base }])),
    },
    curve(
      "studentRight",
      "student",
      "dashed",
      at(({ studentRight }) => studentRight),
    ),
    curve(
      "baseRight",
      "base",
      "dashed",
      at(({ baseRight }) => baseRight),
    ),
    {
      label: tell("words.chance"),
      tone: "faint",
      line: "dotted",
      marker: "none",
      points: chance === null ? [] : [0, steps].map((x) => ({ x, y: chance })),
    },
  ];
}

/** How like the Teacher the two networks are, and how relevant what differs is, over the steps. */
export function likenessCurves(points: Points): Curve[] {
  const at = (value: (scores: TimelinePoint["scores"]) => number): Point[] =>
    points.map(({ step, scores }) => ({ x: step, y: value(scores) }));
  return [
    curve(
      "fssStudent",
      "student",
      "solid",
      at(({ fssStudent }) => fssStudent.corrected),
    ),
    curve(
      "fssBase",
      "base",
      "solid",
      at(({ fssBase }) => fssBase.corrected),
    ),
    curve(
      "rsDistilled",
      "student",
      "dashed",
      at(({ rsDistilled }) => rsDistilled.semiPartial),
    ),
    curve(
      "rsResidual",
      "base",
      "dashed",
      at(({ rsResidual }) => rsResidual.semiPartial),
    ),
  ];
}

/** What is new at a point: the first watched picture that a network names rightly here and did not a point before. */
export interface Turn {
  picture: number;
  who: "student" | "base" | "both";
}

/** The turn of a point, the Student's before the Base's; null where nothing new is found. */
export function turnOf({ step, pictures }: TimelinePoint): Turn | null {
  if (step === 0) return null;
  const isNew = (since: number | null): boolean => since === step;
  const both = pictures.findIndex(({ studentSince, baseSince }) => isNew(studentSince) && isNew(baseSince));
  const student = pictures.findIndex(({ studentSince, baseSince }) => isNew(studentSince) && baseSince === null);
  const base = pictures.findIndex(({ studentSince, baseSince }) => isNew(baseSince) && studentSince === null);
  if (student >= 0) return { picture: student, who: "student" };
  if (base >= 0) return { picture: base, who: "base" };
  return both >= 0 ? { picture: both, who: "both" } : null;
}
