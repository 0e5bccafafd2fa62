import { expect, test } from "@playwright/test";

import type { Timeline, TimelinePoint, TrainingEvent } from "../../../www/protocol/contract";
import type { RunEvent } from "../../../www/protocol/messages";
import { likenessCurves, rightCurves, testedBy, turnOf, watchedMap } from "../../../www/render/timeline";
import { reduceRun } from "../../../www/state/reduce-training";
import { pointText } from "../../../www/text/watch";
import { JobControl } from "../../../www/worker/queue";
import { pullTraining } from "../../../www/worker/train";
import { DEFAULTS, FINISHED, picture } from "./support";

const STRENGTH = { min: 0, max: 1, sum: 1, empty: false, insideMask: null, place: null };

function pointAt(step: number, since: { student: number | null; base: number | null }[] = []): TimelinePoint {
  const score = { corrected: 0.5, paper: 0.9 };
  const left = { semiPartial: step / 100, partial: 0.2 };
  return {
    step,
    studentRight: 0.5,
    baseRight: 0.25,
    scores: { fssStudent: score, fssBase: score, rsStudent: 0, rsBase: 0, rsDistilled: left, rsResidual: left },
    distilledInside: 0.4,
    residualInside: 0.2,
    pictures: since.map(({ student, base }) => ({
      student: 0,
      base: 1,
      studentSince: student,
      baseSince: base,
      distilled: STRENGTH,
      residual: STRENGTH,
    })),
    maps: btoa(String.fromCharCode(0, 255, 51, 102, 1, 2, 3, 4)),
  };
}

const TIMELINE: Timeline = {
  config: { settings: DEFAULTS.timeline, reference: DEFAULTS.reference, objective: "relevance" },
  every: 10,
  steps: 40,
  layer: "layer3",
  referenceHash: "00",
  n: 12,
  rawSize: { width: 2, height: 1 },
  pictures: [
    { index: 4, label: 0, maskShare: null },
    { index: 7, label: 1, maskShare: null },
  ],
  points: [],
  missing: [],
  seconds: 0.1,
  trainingSeconds: 2,
};

test("maps come out of their bytes picture by picture, distilled before residual", () => {
  const point = pointAt(0);
  expect([...watchedMap(TIMELINE, point, 0, "distilled")]).toEqual([0, 1]);
  expect([...watchedMap(TIMELINE, point, 0, "residual")].map((value) => value.toFixed(1))).toEqual(["0.2", "0.4"]);
  expect([...watchedMap(TIMELINE, point, 1, "residual")].map((value) => Math.round(255 * value))).toEqual([3, 4]);
});

test("a turn is what a network names rightly from this point on, the Student's alone before others", () => {
  const both = { student: 10, base: 10 };
  expect(turnOf(pointAt(0, [{ student: 0, base: 0 }]))).toBeNull();
  expect(turnOf(pointAt(10, [both, { student: 10, base: null }]))).toEqual({ picture: 1, who: "student" });
  expect(turnOf(pointAt(10, [both, { student: 0, base: null }]))).toEqual({ picture: 0, who: "both" });
  expect(turnOf(pointAt(10, [{ student: null, base: 10 }]))).toEqual({ picture: 0, who: "base" });
  // Found earlier, or found while the other had found it long ago.
  expect(turnOf(pointAt(20, [both, { student: 20, base: 10 }]))).toBeNull();
});

test("a point is told in a sentence with its own numbers", () => {
  const told = pointText(
    pointAt(20),
    { who: "student", className: "triangle", student: "triangle", base: "ring" },
    (share) => `${String(100 * share)} %`,
  );
  expect(told).toContain("At step 20 the Student has found the triangle; the Base says ring.");
  expect(told).toContain("the Student names 50 % rightly, the Base 25 %");
  expect(told).toContain("40 % of what only the Student has lies on the object");
});

test("test accuracies stand on the axis of what was seen, each where it was measured, scores on one of their own", () => {
  const tests = [10, 20].map((step) => ({ ...FINISHED, kind: "evaluation" as const, step, student: step / 100 }));
  const right = rightCurves([pointAt(0), pointAt(20)], tests, 40, 0.25);
  const [student, base, ...seen] = right;
  expect(student).toMatchObject({
    label: "Student, test accuracy",
    points: [
      { x: 10, y: 0.1 },
      { x: 20, y: 0.2 },
    ],
  });
  expect(base?.points).toEqual([
    { x: 10, y: 0.2 },
    { x: 20, y: 0.2 },
  ]);
  expect(seen.map(({ points }) => points.length)).toEqual([2, 2, 2]);
  expect(seen.at(-1)).toMatchObject({
    label: "Chance",
    points: [
      { x: 0, y: 0.25 },
      { x: 40, y: 0.25 },
    ],
  });
  const likeness = likenessCurves([pointAt(0), pointAt(20)]);
  expect(likeness.map(({ points }) => points.map(({ y }) => y))).toEqual([
    [0.5, 0.5],
    [0.5, 0.5],
    [0, 0.2],
    [0, 0.2],
  ]);
  // Every curve differs from every other one by more than its colour.
  for (const curves of [right, likeness]) {
    const looks = curves.map(({ tone, line, marker }) => [tone, line, marker].join());
    expect(new Set(looks).size).toBe(curves.length);
  }
  expect(testedBy(tests, 9)).toBeNull();
  expect([10, 19, 20, 99].map((step) => testedBy(tests, step)?.step)).toEqual([10, 10, 20, 20]);
});

test("points travel from the engine to the page between the steps, the pictures once before them", async () => {
  const steps: TrainingEvent[] = [1, 2, 3].map((step) => ({ kind: "step", step, steps: 3 }));
  const points = [pointAt(1), undefined, pointAt(3)];
  const heard: RunEvent[] = [];
  let taken = 0;
  const source = {
    next: () => Promise.resolve(steps.shift()),
    cancel: () => undefined,
    takePoint: () => points[taken++],
    timeline: () => TIMELINE,
    picture: (_split: "test", index: number) => picture(index),
  };
  await pullTraining(source, new JobControl(), (event) => void heard.push(event));
  const kinds = heard.map(({ kind }) => kind).filter((kind) => kind !== "step");
  expect(kinds).toEqual(["watching", "point", "point", "watched"]);

  const started = { kind: "run/started", job: 1, config: DEFAULTS.distillation } as const;
  const accuracies = { student: 1, base: 0, gain: 1, teacher: 1 };
  const finished: RunEvent = { kind: "finished", assistants: [], step: 3, steps: 3, ...accuracies };
  const [told, end] = [heard.slice(0, -1), heard.slice(-1)];
  const run = [...told, finished, ...end].reduce(
    (state, event) => reduceRun(state, { kind: "run/event", job: 1, event }),
    reduceRun({ phase: "idle" }, started),
  );
  expect(run).toMatchObject({
    phase: "finished",
    log: {
      watched: {
        timeline: { layer: "layer3", points: [] },
        points: [{ step: 1 }, { step: 3 }],
        pictures: [{ label: 4 }, { label: 7 }],
        cost: { seconds: 0.1, trainingSeconds: 2 },
      },
    },
  });
});
