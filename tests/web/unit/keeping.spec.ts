import { expect, test } from "@playwright/test";

import { bytesOf } from "../../../www/client/keeping/bytes-of";
import type { TrainingEvent } from "../../../www/protocol/contract";
import { failure, PAGE_CODES } from "../../../www/protocol/failure";
import type { RunEvent } from "../../../www/protocol/messages";
import type { AppEvent } from "../../../www/state/events";
import { JobControl } from "../../../www/worker/queue";
import { pullTraining } from "../../../www/worker/train";
import { after, DEFAULTS, READY } from "./support";

const DEVICE = { kind: "cpu" as const, name: "test", notice: null };

const report = (step: number): RunEvent => ({
  kind: "report",
  step,
  steps: 9,
  learningRate: 0.1,
  student: { total: 1, hard: 1, batchAccuracy: 0, terms: [] },
  base: null,
  imagesPerSecond: 1,
  secondsLeft: 1,
});
const heard = (event: RunEvent): AppEvent => ({ kind: "run/event", job: 1, event });
const wentOn = (resumedAt: number, lostAt: number, reason: string): AppEvent =>
  heard({
    kind: "wentOn",
    interruption: { reason, lostAt, resumedAt, formerDevice: DEVICE, device: DEVICE, drift: 0.5 },
  });

test("a run that goes on forgets what it told of the steps that it makes again", () => {
  const started: AppEvent = { kind: "run/started", job: 1, config: DEFAULTS.distillation };
  const { run } = after([READY, started, ...[1, 2, 3, 4].map((step) => heard(report(step))), wentOn(2, 4, "left")]);
  expect(run.phase === "running" && run.log.reports.map(({ step }) => step)).toEqual([1, 2]);
  expect(run.phase === "running" && run.log.step).toBe(2);
});

test("a link that is told once more keeps what was told of it", () => {
  const started: AppEvent = { kind: "run/started", job: 1, config: DEFAULTS.distillation };
  const link: AppEvent = heard({ kind: "link", number: 2, of: 2, trains: "student", network: "ResNet-8" });
  const { run } = after([READY, started, link, heard(report(1)), link]);
  expect(run.phase === "running" && run.log.reports).toHaveLength(1);
});

test("a lost engine takes nothing of the page along, and what it cost is told", () => {
  const lost = failure(PAGE_CODES.deviceLost, "The GPU was lost.", "UnicamError", "destroyed");
  const started: AppEvent = { kind: "run/started", job: 1, config: DEFAULTS.distillation };
  const before = after([READY, started, heard(report(1))]);
  const during = after([{ kind: "engine/lost", failure: lost }], before);
  expect(during.engine.phase).toBe("recovering");
  expect(during.run).toEqual(before.run);
  const survival = {
    code: lost.code,
    details: "destroyed",
    seconds: 2,
    lostAt: null,
    resumedAt: null,
    from: "a",
    to: "b",
    drift: null,
  };
  const report2 = { device: DEVICE, defaults: DEFAULTS };
  const recovered: AppEvent = { kind: "engine/recovered", report: report2, survival };
  const later = after([recovered, wentOn(0, 1, lost.code)], during);
  expect(later.engine.phase).toBe("ready");
  expect(later.keeping.survived).toEqual([{ ...survival, lostAt: 1, resumedAt: 0, drift: 0.5 }]);
});

test("a run is kept every so often and before it pauses, and never after its last step", async () => {
  let step = 0;
  const told: RunEvent[] = [];
  const control = new JobControl();
  const source = {
    async next(): Promise<TrainingEvent | undefined> {
      await new Promise((resolve) => setTimeout(resolve, 5));
      step++;
      if (step === 20) control.pause();
      if (step === 20)
        setTimeout(() => {
          control.resume();
        }, 30);
      return step > 40 ? undefined : { kind: "step", step, steps: 40 };
    },
    cancel: () => undefined,
    checkpoint: () => Promise.resolve(new Uint8Array([step])),
  };
  await pullTraining(source, control, (event) => void told.push(event), 0.02);
  const kept = told.filter((event) => event.kind === "kept");
  expect(kept.length).toBeGreaterThan(3);
  for (const event of kept) {
    expect(new Uint8Array(await event.checkpoint.arrayBuffer())).toEqual(new Uint8Array([event.step]));
  }
  const kinds = told.map(({ kind }) => kind);
  expect(kinds[kinds.indexOf("paused") - 1]).toBe("kept");
  step = 0;
  told.length = 0;
  await pullTraining(source, new JobControl(), (event) => void told.push(event));
  expect(told.some(({ kind }) => kind === "kept")).toBe(false);
});

test("bytes are those of files and arrays, wherever they lie", () => {
  expect(
    bytesOf({ a: [new Uint8Array(1000), { b: new Float32Array(250) }], c: new Blob(["x".repeat(500)]) }),
  ).toBeGreaterThan(2499);
  expect(bytesOf(null) + bytesOf(undefined) + bytesOf(1)).toBeLessThan(100);
});
