import { expect, test } from "@playwright/test";

import type { Spread } from "../../../pkg/unicam.js";
import type { ScoringEvent, SpreadConfig, TrainingEvent } from "../../../www/protocol/contract";
import { EngineError, failure, toFailure } from "../../../www/protocol/failure";
import { MAX_IMAGE_BYTES } from "../../../www/protocol/limits";
import type { JobProgress, RunEvent } from "../../../www/protocol/messages";
import { createEngine } from "../../../www/worker/engine";
import { type FileReader, readFiles } from "../../../www/worker/images";
import { ProgressTeller } from "../../../www/worker/progress";
import { JobControl, JobQueue } from "../../../www/worker/queue";
import { pullScores } from "../../../www/worker/score";
import { pullSpread } from "../../../www/worker/spread";
import { pullTraining } from "../../../www/worker/train";
import { DEFAULTS, REPORT, row, supplyOf } from "./support";

const pause = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Callbacks of a page that does not listen. */
const DEAF = [(): void => undefined, (): void => undefined] as const;

/** A training of endless steps that counts what is asked of it. */
function endless(): { next: () => Promise<TrainingEvent>; cancel: () => void; pulled: number; cancelled: number } {
  return {
    pulled: 0,
    cancelled: 0,
    async next() {
      await pause(1);
      return { kind: "evaluating", step: ++this.pulled, steps: 1000 };
    },
    cancel() {
      this.cancelled++;
    },
  };
}

test("jobs run one at a time, in order, and a failed one does not stop the next", async () => {
  const queue = new JobQueue();
  const seen: string[] = [];
  const job =
    (name: string, fails = false) =>
    async () => {
      seen.push(`${name} begins`);
      await pause();
      seen.push(`${name} ends`);
      if (fails) throw new Error("broken");
      return name;
    };
  const results = await Promise.allSettled([
    queue.run(1, job("a")),
    queue.run(2, job("b", true)),
    queue.run(3, job("c")),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(seen).toEqual(["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
});

test("a job that is cancelled while it waits never begins", async () => {
  const queue = new JobQueue();
  let hasBegun = false;
  const first = queue.run(1, () => pause());
  const second = queue.run(2, () => (hasBegun = true));
  queue.control(2)?.cancel();
  await first;
  await expect(second).rejects.toMatchObject({ code: "cancelled" });
  expect(hasBegun).toBe(false);
  expect(queue.control(2)).toBeUndefined();
});

test("pausing a training is not pulling it", async () => {
  const [source, control, heard] = [endless(), new JobControl(), [] as RunEvent["kind"][]];
  const run = pullTraining(source, control, (event) => void heard.push(event.kind));
  await pause(20);
  control.pause();
  await pause(10);
  const held = source.pulled;
  await pause(20);
  expect(source.pulled).toBe(held);
  control.resume();
  await pause(20);
  expect(source.pulled).toBeGreaterThan(held);
  control.cancel();
  await expect(run).rejects.toMatchObject({ code: "cancelled" });
  expect(heard).toContain("paused");
  expect(heard.indexOf("resumed")).toBeGreaterThan(heard.indexOf("paused"));
  expect(source.cancelled).toBe(1);
});

test("a paused training can be cancelled", async () => {
  const [source, control] = [endless(), new JobControl()];
  control.pause();
  const run = pullTraining(source, control, () => undefined);
  await pause();
  control.cancel();
  await expect(run).rejects.toMatchObject({ code: "cancelled" });
  expect(source.pulled).toBe(0);
});

test("a training that fails is taken down, and its own reason is told", async () => {
  let cancelled = 0;
  const source = {
    next: () => Promise.reject(new EngineError(failure("not-finite", "The loss is not finite."))),
    cancel: () => {
      cancelled++;
      throw new Error("second failure");
    },
  };
  await expect(pullTraining(source, new JobControl(), () => undefined)).rejects.toMatchObject({ code: "not-finite" });
  expect(cancelled).toBe(1);
});

test("scores are pulled step by step, and a cancel between two steps takes them down", async () => {
  const events: ScoringEvent[] = [
    { kind: "progress", stage: "distances", done: 1, total: 1 },
    { kind: "finished", report: REPORT },
  ];
  const [control, asked]: [JobControl, string[]] = [new JobControl(), []];
  const source = {
    startScoring: () => void asked.push("start"),
    nextScores: () => {
      asked.push("next");
      return Promise.resolve(events[asked.length - 2]);
    },
    cancelScoring: () => void asked.push("cancel"),
  };
  const heard: unknown[] = [];
  const post = (progress: unknown): void => void heard.push(progress);
  expect(await pullScores(source, { reference: DEFAULTS.reference }, control, post)).toBe(REPORT);
  expect(heard).toEqual([{ stage: "distances", done: 1, total: 1, secondsLeft: null }]);
  expect(asked).toEqual(["start", "next", "next"]);
  asked.length = 0;
  control.cancel();
  const run = pullScores(source, { reference: DEFAULTS.reference }, control, post);
  await expect(run).rejects.toMatchObject({ code: "cancelled" });
  expect(asked).toEqual(["start", "cancel"]);
});

test("a spread is pulled batch by batch, read out and freed, and a cancel between two batches takes it down", async () => {
  const [control, asked]: [JobControl, string[]] = [new JobControl(), []];
  const [mean, deviation] = [new Float32Array([0.5]), new Float32Array([0.25])];
  const spread = { report: () => ({ n: 8 }), mean: () => mean, deviation: () => deviation };
  const source = {
    startSpread: () => void asked.push("start"),
    advanceSpread: () => {
      asked.push("advance");
      return Promise.resolve({ done: asked.length - 1, total: 2 });
    },
    finishSpread: () => Promise.resolve({ ...spread, free: () => void asked.push("free") } as unknown as Spread),
    cancelSpread: () => void asked.push("cancel"),
  };
  const { reference } = DEFAULTS;
  const config: SpreadConfig = { image: 0, map: "distilled", layer: 1, objective: "relevance", reference, batches: 2 };
  const heard: JobProgress[] = [];
  const found = await pullSpread(source, config, control, (progress) => void heard.push(progress));
  expect(found).toEqual({ report: { n: 8 }, mean, deviation });
  expect(heard[0]).toEqual({ stage: "distilled", done: 1, total: 2, secondsLeft: null });
  expect(asked).toEqual(["start", "advance", "advance", "free"]);
  asked.length = 0;
  const run = pullSpread(source, config, control, () => {
    control.cancel();
  });
  await expect(run).rejects.toMatchObject({ code: "cancelled" });
  expect(asked).toEqual(["start", "advance", "cancel"]);
});

test("the time left is that of what a job is doing now, and posts of one stage keep their distance", async () => {
  let now = 0;
  const heard: JobProgress[] = [];
  const teller = new ProgressTeller(
    (progress) => void heard.push(progress),
    () => now,
  );
  const tell = async (ms: number, ...what: Parameters<ProgressTeller["tell"]>): Promise<void> => {
    now = ms;
    await teller.tell(...what);
  };
  await tell(0, "distances", 1, 5);
  await tell(10, "distances", 2, 5); // too soon
  await tell(2000, "distances", 3, 5);
  await tell(3000, "draws", 10, 40);
  await tell(4000, "draws", 20, 40);
  // Stages that share one count go on with the same pace.
  await tell(5000, "halves", 30, 40);
  expect(heard.map(({ stage, done, secondsLeft }) => [stage, done, secondsLeft])).toEqual([
    ["distances", 1, null],
    ["distances", 3, 2],
    ["draws", 10, null],
    ["draws", 20, 2],
    ["halves", 30, 1],
  ]);
});

test("files that are too large are never read, unreadable ones become rows, and the rest go on", async () => {
  const big = new File([], "big.jpg");
  Object.defineProperty(big, "size", { value: MAX_IMAGE_BYTES + 1 });
  const gone = new File(["x"], "gone.jpg");
  gone.arrayBuffer = () => Promise.reject(new Error("NotReadableError"));
  const added: string[] = [];
  const rows: (string | undefined)[] = [];
  const files = [
    { path: "a/big.jpg", file: big },
    { path: "a/gone.jpg", file: gone },
    { path: "a/1.jpg", file: new File(["x"], "1.jpg") },
  ];
  const reader: FileReader = {
    openFile: (path) => void added.push(path),
    readFiles: () => ({ rows: [row(added.at(-1) ?? "none")], progress: 1, finished: true }),
  };
  await readFiles(
    files,
    reader,
    new JobControl(),
    (progress) => void rows.push(...progress.rows.map((r) => r.error?.code)),
  );
  expect(added).toEqual(["a/1.jpg"]);
  expect(rows).toEqual(["file-too-large", "file-unreadable", undefined]);
});

/** An archive of endless files that counts what is asked of it. */
function endlessArchive(): FileReader & { reads: number } {
  return {
    reads: 0,
    openFile: () => undefined,
    readFiles(files) {
      this.reads++;
      return { rows: [row(`a/${String(files)}.jpg`)], progress: 1 - 1 / this.reads, finished: false };
    },
  };
}

test("an archive tells how far it is read, and can be given up within", async () => {
  const [reader, control, heard] = [endlessArchive(), new JobControl(), [] as number[]];
  const files = [
    { path: "1.tar.xz", file: new File(["x"], "1.tar.xz") },
    { path: "2.jpg", file: new File(["x"], "2.jpg") },
  ];
  const reading = readFiles(files, reader, control, ({ done, total }) => {
    expect(total).toBe(2);
    heard.push(done);
    if (heard.length === 2) control.cancel();
  });
  await expect(reading).rejects.toMatchObject({ code: "cancelled" });
  expect(heard).toHaveLength(2);
  expect(heard.every((done) => done > 0 && done < 1)).toBe(true);
  expect(heard[1]).toBeGreaterThanOrEqual(heard[0] ?? 1);
});

test("a call that comes before the engine stands waits for it", async () => {
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  const session = {
    device: () => ({ kind: "cpu" }),
    readConfig: () => ({ scores: DEFAULTS.scores }),
    useScenes: () => Promise.resolve({ name: "Scenes" }),
  };
  const engineClass = { create: () => Promise.resolve(session), defaults: () => DEFAULTS, dataSets: () => [] };
  const api = createEngine(
    supplyOf(async () => {
      await gate;
      return engineClass;
    }),
  );
  const early = api.useScenes(1, DEFAULTS.scenes);
  const start = api.start("cpu", ...DEAF);
  open();
  expect(await early).toEqual({ ok: true, value: { name: "Scenes" } });
  expect(await start).toMatchObject({ ok: true, value: { device: { kind: "cpu" } } });
});

test("a Teacher that was trained is described as it stands, and so is one that stays: none is loaded in its place", async () => {
  const asked: string[] = [];
  const session = {
    device: () => ({ kind: "cpu" }),
    advanceTrial: () => Promise.resolve(false),
    readConfig: () => ({ scores: DEFAULTS.scores }),
    startTeacher: () => void asked.push("train"),
    next: () => Promise.resolve(undefined),
    describeTeacher: () => {
      asked.push("describe");
      return Promise.resolve(REPORT);
    },
  };
  const engineClass = { create: () => Promise.resolve(session), defaults: () => DEFAULTS, dataSets: () => [] };
  const api = createEngine(supplyOf(() => Promise.resolve(engineClass)));
  await api.start("cpu", ...DEAF);
  expect(await api.trainTeacher(1, DEFAULTS.teacher, 3, () => undefined)).toEqual({ ok: true, value: REPORT });
  expect(await api.describeTeacher(2)).toEqual({ ok: true, value: REPORT });
  expect(asked).toEqual(["train", "describe", "describe"]);
});

test("if the engine does not start, every call says why", async () => {
  const api = createEngine(
    supplyOf(() => Promise.reject(new EngineError(failure("no-webgpu", "There is no adapter.")))),
  );
  const early = api.useScenes(1, DEFAULTS.scenes);
  const told = { ok: false, failure: { name: "UnicamError", code: "no-webgpu", message: "There is no adapter." } };
  expect(await api.start("webgpu", ...DEAF)).toMatchObject(told);
  expect(await early).toMatchObject(told);
  expect(await api.score(2, { reference: DEFAULTS.reference }, () => undefined)).toMatchObject(told);
});

test("failures keep name, code and message; a trap is fatal", () => {
  const thrown = Object.assign(new Error("All 4 images are alike."), { name: "UnicamError", code: "one-class-only" });
  expect(toFailure(thrown)).toEqual({
    name: "UnicamError",
    code: "one-class-only",
    message: "All 4 images are alike.",
    fatal: false,
  });
  expect(toFailure(new WebAssembly.RuntimeError("unreachable"))).toMatchObject({ code: "engine-crashed", fatal: true });
  expect(toFailure("odd")).toMatchObject({ code: "unexpected", message: "odd", fatal: false });
});
