// The small engine that a page begins with, and the whole one that it moves to.

import { expect, test } from "@playwright/test";

import type { DeviceChoice, DeviceReport, DeviceTrial } from "../../../www/protocol/contract";
import { EngineError, failure, PAGE_CODES } from "../../../www/protocol/failure";
import type { DeviceNews, EngineApi, LoadProgress } from "../../../www/protocol/messages";
import { createEngine } from "../../../www/worker/engine";
import type { Supply, Tell } from "../../../www/worker/supply";
import { handOverWeights } from "../../../www/worker/weights";
import { DEFAULTS, supplyOf } from "./support";

const pause = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const CPU: DeviceReport = { kind: "cpu", name: "one thread", software: false, notice: null, trial: null };
const GPU: DeviceReport = { kind: "webgpu", name: "nvidia hopper", software: true, notice: null, trial: null };
const TRIAL: DeviceTrial = { work: "step", cpuMs: 240, webgpuMs: 40, adapter: "nvidia hopper", software: true };
const NO_ADAPTER = "WebGPU cannot be used: the browser gives no adapter.";
const TIMELINE = { settings: DEFAULTS.timeline, reference: DEFAULTS.reference, objective: "relevance" } as const;

/** What both engines were asked, in order. */
type Protocol = string[];

/** An engine of a name; a session in it holds one text, and a session of the whole one knows a GPU that is quicker. */
function engineOf(name: "cpu" | "whole", asked: Protocol, breaks = false): object {
  const create = (choice: DeviceChoice): Promise<object> => {
    asked.push(`${name}: create on ${choice}`);
    let report = choice === "webgpu" ? GPU : CPU;
    let held = "nothing";
    return Promise.resolve({
      device: () => report,
      readConfig: () => ({ scores: DEFAULTS.scores }),
      useScenes: () => {
        held = "scenes";
        return Promise.resolve({ name: held });
      },
      startWatched: () => asked.push(`${name}: train with ${held} on ${report.kind}`),
      next: () => Promise.resolve(undefined),
      cancel: () => undefined,
      free: () => asked.push(`${name}: free`),
      shelf: () => undefined,
      pack: (withData: boolean) => new TextEncoder().encode(withData ? held : ""),
      unpack: (bytes: Uint8Array) => {
        if (breaks) return Promise.reject(new EngineError(failure("unreadable-session", "Not a session.")));
        held = new TextDecoder().decode(bytes);
        return Promise.resolve();
      },
      advanceTrial: () => {
        asked.push(`${name}: trial`);
        report = { ...report, ...(name === "whole" ? { trial: TRIAL } : { notice: NO_ADAPTER }) };
        return Promise.resolve(false);
      },
      moveTo: (wanted: DeviceChoice) => {
        asked.push(`${name}: move to ${wanted}`);
        if (name === "cpu" && wanted === "webgpu")
          return Promise.reject(new EngineError(failure("no-webgpu", NO_ADAPTER)));
        const isGpu = wanted === "webgpu" || (wanted === "auto" && report.trial);
        report = { ...(isGpu ? GPU : CPU), trial: report.trial ?? null, notice: report.notice };
        return Promise.resolve(report);
      },
    });
  };
  return { create, defaults: () => DEFAULTS, dataSets: () => [], summary: () => ({ mean: 1 }) };
}

interface Bench {
  api: EngineApi;
  asked: Protocol;
  heard: DeviceNews[];
  fetches: () => number;
}

/** A worker with both engines; `arrive` is how the whole one comes. */
function worker(more: Partial<Supply> & { arrive?: (tell: Tell) => Promise<void>; breaks?: boolean } = {}): Bench {
  const { arrive, breaks, ...supply } = more;
  const [asked, heard]: [Protocol, DeviceNews[]] = [[], []];
  let fetches = 0;
  const api = createEngine(
    supplyOf(() => Promise.resolve(engineOf("cpu", asked)), {
      hasAdapter: () => Promise.resolve(true),
      wholeEngine: (async (tell: Tell) => {
        fetches++;
        await arrive?.(tell);
        return engineOf("whole", asked, breaks);
      }) as unknown as Supply["wholeEngine"],
      ...supply,
    }),
  );
  return { api, asked, heard, fetches: () => fetches };
}

const deaf = (): void => undefined;

function start({ api, heard }: Bench, choice: DeviceChoice = "auto"): ReturnType<EngineApi["start"]> {
  return api.start(choice, deaf, (news) => void heard.push(news));
}

async function until(isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !isSo(); i++) await pause();
  expect(isSo()).toBe(true);
}

const isDone = (heard: DeviceNews[]) => (): boolean => {
  const last = heard.at(-1);
  return last !== undefined && ("failure" in last || last.activity === null);
};

test("the small engine is there first, the whole one comes behind it, and the session moves over with all it holds", async () => {
  const bench = worker({
    async arrive(tell) {
      for (const received of [1, 2]) {
        await pause();
        tell({ received, total: 2 });
      }
    },
  });
  expect(await start(bench)).toMatchObject({ ok: true, value: { device: { kind: "cpu" } } });
  expect(await bench.api.useScenes(1, DEFAULTS.scenes)).toMatchObject({ ok: true });
  await until(isDone(bench.heard));
  expect(bench.asked).toEqual([
    "cpu: create on cpu",
    "whole: create on cpu",
    "cpu: free",
    "whole: trial",
    "whole: move to auto",
  ]);
  const told = bench.heard.map((news) => ("failure" in news ? news.failure.code : news.activity));
  expect([...new Set(told)]).toEqual(["fetching", "trying", null]);
  const amounts = bench.heard.flatMap((news): LoadProgress[] =>
    "fetched" in news && news.fetched ? [news.fetched] : [],
  );
  expect(amounts).toEqual([
    { received: 0, total: null },
    { received: 1, total: 2 },
    { received: 2, total: 2 },
  ]);
  await bench.api.distil(2, DEFAULTS.distillation, TIMELINE, 3, deaf);
  expect(bench.asked.at(-1)).toBe("whole: train with scenes on webgpu");
  expect(await bench.api.summaries(3, [[1]])).toEqual({ ok: true, value: [{ mean: 1 }] });
});

test("without an adapter the whole engine is never fetched, and the page says why it is the CPU", async () => {
  const bench = worker({ hasAdapter: () => Promise.resolve(false) });
  await start(bench);
  await until(isDone(bench.heard));
  expect(bench.fetches()).toBe(0);
  expect(bench.heard.at(-1)).toMatchObject({ device: { kind: "cpu", notice: NO_ADAPTER }, activity: null });
  expect(await bench.api.moveTo(1, "webgpu")).toMatchObject({
    ok: false,
    failure: { code: "no-webgpu", fatal: false },
  });
  expect(bench.fetches()).toBe(0);
});

test("where WebGPU is demanded the whole engine is the first, and where the CPU is it is never fetched", async () => {
  const gpu = worker();
  expect(await start(gpu, "webgpu")).toMatchObject({ ok: true, value: { device: { kind: "webgpu" } } });
  expect(gpu.asked).toEqual(["whole: create on webgpu"]);
  const cpu = worker();
  await start(cpu, "cpu");
  await pause(300);
  expect([cpu.fetches(), cpu.asked]).toEqual([0, ["cpu: create on cpu"]]);
  // A choice fetches it then, and what is held goes along.
  await cpu.api.useScenes(1, DEFAULTS.scenes);
  expect(await cpu.api.moveTo(2, "webgpu")).toMatchObject({ ok: true, value: { kind: "webgpu" } });
  expect(cpu.fetches()).toBe(1);
  await cpu.api.distil(3, DEFAULTS.distillation, TIMELINE, 3, deaf);
  expect(cpu.asked.at(-1)).toBe("whole: train with scenes on webgpu");
});

test("a training waits for an engine that is nearly there, and not for one that is far", async () => {
  const near = worker({
    async arrive(tell) {
      tell({ received: 90, total: 100 });
      await pause(50);
    },
  });
  await start(near);
  await near.api.useScenes(1, DEFAULTS.scenes);
  await near.api.distil(2, DEFAULTS.distillation, TIMELINE, 3, deaf);
  expect(near.asked.at(-1)).toBe("whole: train with scenes on webgpu");

  let finish: () => void = deaf;
  const far = worker({
    async arrive(tell) {
      await pause(20);
      tell({ received: 1, total: 1_000_000 });
      await new Promise<void>((resolve) => (finish = resolve));
    },
  });
  await start(far);
  await far.api.useScenes(1, DEFAULTS.scenes);
  await far.api.distil(2, DEFAULTS.distillation, TIMELINE, 3, deaf);
  expect(far.asked.at(-1)).toBe("cpu: train with scenes on cpu");
  finish();
  await until(isDone(far.heard));
  expect(far.asked.slice(-3)).toEqual(["cpu: free", "whole: trial", "whole: move to auto"]);
});

test("an engine that does not come, or cannot take the session, leaves it where it is", async () => {
  const sentence = "The engine for WebGPU could not be loaded.";
  const lost = worker({
    arrive: () => Promise.reject(new EngineError(failure(PAGE_CODES.wholeEngineNotLoaded, sentence))),
  });
  const broken = worker({ breaks: true });
  for (const [bench, code] of [
    [lost, "whole-engine-not-loaded"],
    [broken, "unreadable-session"],
  ] as const) {
    await start(bench);
    await bench.api.useScenes(1, DEFAULTS.scenes);
    await until(isDone(bench.heard));
    // Not fatal: the page goes on with the engine that it has.
    expect(bench.heard.at(-1)).toMatchObject({ failure: { code, fatal: false } });
    await bench.api.distil(2, DEFAULTS.distillation, TIMELINE, 3, deaf);
    expect(bench.asked.at(-1)).toBe("cpu: train with scenes on cpu");
  }
});

test("shipped weights are handed over once, and only those that are missing", async () => {
  const had = new Map<string, Uint8Array>();
  const session = {
    missingWeights: () => ["a", "b"].filter((file) => !had.has(file)),
    takeWeights: (file: string, bytes: Uint8Array) => void had.set(file, bytes),
  };
  const asked: string[] = [];
  const fetched = (file: string): Promise<Uint8Array<ArrayBuffer>> => {
    asked.push(file);
    return Promise.resolve(new TextEncoder().encode(file));
  };
  await handOverWeights(session, fetched);
  await handOverWeights(session, fetched);
  expect(asked).toEqual(["a", "b"]);
  expect(new TextDecoder().decode(had.get("b"))).toBe("b");
});
