import { expect, test } from "@playwright/test";

import { failure } from "../../../www/protocol/failure";
import {
  canDistil,
  canShowShipped,
  effectiveStart,
  hasRunOnPictures,
  isBusy,
  stepStatuses,
} from "../../../www/state/select";
import { after, FINISHED, OPENED, READY, REPORT, report, row, RUN, SETTINGS } from "./support";

const broken = failure("corrupt-image", "Broken.");

test("the way through the page ends with every step done", () => {
  const opened = after(OPENED);
  expect(canDistil(opened)).toBe(true);
  const scores = REPORT;
  const done = after(
    [
      RUN,
      { kind: "run/event", job: 3, event: report(10) },
      { kind: "run/event", job: 3, event: FINISHED },
      { kind: "scores", job: 4, result: { phase: "computing" } },
      { kind: "scores", job: 4, result: { phase: "ready", value: scores } },
    ],
    opened,
  );
  expect(stepStatuses(done)).toEqual({
    data: "done",
    lab: "todo",
    teacher: "done",
    distil: "done",
    look: "todo",
    scores: "done",
    checks: "todo",
  });
  expect(done.run).toMatchObject({ phase: "finished", result: { student: 0.6, base: 0.2 } });
});

test("one more run is of the pictures that the last one was of, be it finished or cancelled", () => {
  const cancelled = { kind: "run/failed", job: 3, failure: failure("cancelled", "As asked.") } as const;
  const finished = { kind: "run/event", job: 3, event: FINISHED } as const;
  const loading = { kind: "data/loading", job: 1, source: "images", total: 2 } as const;
  const ofScenes = after(OPENED);
  const ofPictures = after(OPENED.map((event) => (event.kind === "data/loading" ? loading : event)));
  expect(hasRunOnPictures(ofPictures)).toBe(false);
  for (const end of [cancelled, finished]) {
    expect(hasRunOnPictures(after([RUN, end], ofPictures))).toBe(true);
    expect(hasRunOnPictures(after([RUN, end], ofScenes))).toBe(false);
  }
});

test("a pair that was distilled beforehand is a finished run without a training", () => {
  const loading = after([{ kind: "run/loading", job: 3 }], after(OPENED));
  expect(isBusy(loading)).toBe(true);
  expect(stepStatuses(loading).distil).toBe("working");
  const network = { name: "ResNet-8", parameters: 1, classes: 2, layers: ["layer1"], accuracy: 0.5 };
  const pair = {
    teacher: { ...network, accuracy: 0.9 },
    student: { ...network, accuracy: 0.7 },
    base: network,
    gain: 0.2,
    distillation: RUN.config,
  };
  const given = after([{ kind: "run/given", job: 3, pair }], loading);
  expect(given.run).toMatchObject({
    phase: "finished",
    log: null,
    result: { teacher: 0.9, student: 0.7, base: 0.5, gain: 0.2, steps: 300 },
  });
  expect(canShowShipped(given)).toBe(true);
  // What was asked for before something else began is not heard any more.
  const late = after([RUN, { kind: "run/given", job: 2, pair }], given);
  expect(late.run.phase).toBe("running");
  const failed = after([{ kind: "run/failed", job: 3, failure: broken }], loading);
  expect(failed.run).toMatchObject({ phase: "failed", log: null });
});

test("events of a job that was replaced change nothing", () => {
  const running = after([...OPENED, RUN]);
  const late = after(
    [
      { kind: "run/event", job: 99, event: FINISHED },
      { kind: "run/failed", job: 99, failure: broken },
      { kind: "teacher/failed", job: 99, failure: broken },
      { kind: "data/failed", job: 1, failure: broken },
      { kind: "scores", job: 99, result: { phase: "failed", failure: broken } },
    ],
    running,
  );
  expect(late).toEqual(running);
});

test("new data forgets the Teacher and all that came after", () => {
  const finished = after([...OPENED, RUN, { kind: "run/event", job: 3, event: FINISHED }]);
  const anew = after([{ kind: "data/loading", job: 9, source: "images", total: 3 }], finished);
  expect(anew.teacher.phase).toBe("none");
  expect(anew.start.phase).toBe("none");
  expect(anew.run.phase).toBe("idle");
  expect(anew.settings).toBe(finished.settings);
});

test("files come in portions and broken ones stay in sight when the rest is ready", () => {
  const loading = after([
    READY,
    { kind: "data/loading", job: 1, source: "images", total: 3 },
    { kind: "data/progress", job: 1, rows: [row("cats/1.jpg")], done: 1, total: 3 },
    { kind: "data/progress", job: 1, rows: [row("cats/2.jpg", "corrupt-image")], done: 3, total: 3 },
  ]);
  expect(loading.data).toMatchObject({ phase: "loading", done: 3, rows: [{ error: null }, { error: {} }] });
  const failed = after([{ kind: "data/failed", job: 1, failure: broken }], loading);
  expect(failed.data).toMatchObject({ phase: "failed", failure: broken, rows: [{}, {}] });
});

test("pause is a wish until the worker says that it holds", () => {
  const asked = after([...OPENED, RUN, { kind: "pace/asked", job: 3, pace: "pausing" }]);
  expect(asked.run).toMatchObject({ pace: "pausing" });
  const paused = after([{ kind: "run/event", job: 3, event: { kind: "paused" } }], asked);
  expect(paused.run).toMatchObject({ pace: "paused" });
  const on = after([{ kind: "run/event", job: 3, event: { kind: "resumed" } }], paused);
  expect(on.run).toMatchObject({ phase: "running", pace: "running" });
});

test("a cancelled run is neither finished nor failed, and the next one starts clean", () => {
  const cancelled = after([
    ...OPENED,
    RUN,
    { kind: "run/event", job: 3, event: report(10) },
    { kind: "run/failed", job: 3, failure: failure("cancelled", "The job was cancelled.") },
  ]);
  expect(cancelled.run).toMatchObject({ phase: "cancelled", log: { step: 10 } });
  expect(isBusy(cancelled)).toBe(false);
  expect(canDistil(cancelled)).toBe(true);
  const again = after([{ ...RUN, job: 5 }], cancelled);
  expect(again.run).toMatchObject({ phase: "running", job: 5, log: { step: 0, reports: [] } });
});

test("the last result stays in sight while the next one is computed, also if that fails", () => {
  const value = REPORT;
  const again = after([
    { kind: "scores", job: 1, result: { phase: "computing" } },
    { kind: "scores", job: 1, result: { phase: "ready", value } },
    { kind: "scores", job: 2, result: { phase: "computing" } },
  ]);
  expect(again.scores).toEqual({ phase: "computing", job: 2, previous: value, progress: null });
  const failed = after([{ kind: "scores", job: 2, result: { phase: "failed", failure: broken } }], again);
  expect(failed.scores).toEqual({ phase: "failed", failure: broken, previous: value });
});

test("a dead engine takes its results along and leaves the settings", () => {
  const dead = after([...OPENED, { kind: "engine/failed", failure: failure("worker-died", "Gone.") }]);
  expect(dead.engine).toMatchObject({ phase: "failed", failure: { fatal: true } });
  expect(dead.data.phase).toBe("empty");
  expect(dead.settings).toEqual(SETTINGS);
});

test("a Student starts from given weights only where there are some", () => {
  const opened = after(OPENED);
  expect(opened.start).toMatchObject({ phase: "ready", source: { kind: "shipped" } });
  expect(effectiveStart(opened)).toBe("given");
  const fromFile = after(
    [
      { kind: "teacher/loading", job: 5, source: { kind: "file", name: "a.pt" } },
      {
        kind: "teacher/ready",
        job: 5,
        report: { name: "ResNet-56", parameters: 1, classes: 2, layers: ["layer1"], accuracy: 0.5 },
      },
    ],
    after([{ kind: "data/loading", job: 4, source: "scenes", total: 0 }], opened),
  );
  expect(effectiveStart(fromFile)).toBe("random");
});

test("a setting that breaks its rule changes nothing", () => {
  const ready = after([READY]);
  expect(after([{ kind: "settings/set", key: "batch", text: "1.5" }], ready)).toEqual(ready);
  expect(
    after([{ kind: "settings/set", key: "batch", text: "16" }], ready).settings?.distillation.optimiser.batchSize,
  ).toBe(16);
});

test("the reducer leaves the state that it is given as it is", () => {
  const frozen = Object.freeze(after(OPENED));
  const before = structuredClone({ ...frozen, data: null });
  after([RUN, { kind: "run/event", job: 3, event: report(10) }], frozen);
  expect({ ...frozen, data: null }).toEqual(before);
});
