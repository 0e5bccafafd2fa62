import { expect, test } from "@playwright/test";

import type { DeviceChoice, DeviceReport, DeviceTrial } from "../../../www/protocol/contract";
import { EngineError, failure } from "../../../www/protocol/failure";
import type { DeviceNews } from "../../../www/protocol/messages";
import { times } from "../../../www/text/times";
import { isOtherDevice } from "../../../www/state/select";
import { deviceSearch } from "../../../www/state/url";
import { deviceName, trialText } from "../../../www/text/device";
import { DeviceWork, type DeviceSource } from "../../../www/worker/devices";
import { createEngine } from "../../../www/worker/engine";
import { JobControl, JobQueue } from "../../../www/worker/queue";
import { after, DEFAULTS, OPENED, READY, supplyOf } from "./support";

const pause = (ms = 5): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const CPU: DeviceReport = { kind: "cpu", name: "one thread", software: false, notice: null, trial: null };
const GPU: DeviceReport = { kind: "webgpu", name: "nvidia hopper", software: false, notice: null, trial: null };
const TRIAL: DeviceTrial = { work: "step", cpuMs: 240, webgpuMs: 40, adapter: "nvidia hopper", software: false };

/** A session of two pieces a trial and three a preparation, on which the GPU wins or not. */
class Devices implements DeviceSource {
  asked: string[] = [];
  hasWhole = true;
  private report = CPU;
  private pieces = 0;

  constructor(private readonly wins: boolean) {}

  device(): DeviceReport {
    return this.report;
  }

  fetchWhole(): Promise<void> {
    this.hasWhole = true;
    return Promise.resolve();
  }

  async advanceTrial(): Promise<boolean> {
    await pause(1);
    this.asked.push("trial");
    const hasMore = ++this.pieces < 2;
    if (!hasMore) this.report = { ...this.report, trial: TRIAL };
    return hasMore;
  }

  moveTo(choice: DeviceChoice): Promise<DeviceReport> {
    this.asked.push(`move to ${choice}`);
    const isGpu = choice === "webgpu" || (choice === "auto" && this.wins);
    this.pieces = 0;
    this.report = { ...(isGpu ? GPU : CPU), trial: this.report.trial ?? null };
    return Promise.resolve(this.report);
  }

  async advancePreparation(): Promise<boolean> {
    await pause(1);
    this.asked.push("preparation");
    return ++this.pieces < 3;
  }
}

function told(news: DeviceNews): string {
  return "failure" in news ? news.failure.code : `${news.device.kind} ${news.activity ?? "done"}`;
}

test("both devices are tried, the quicker one is taken and its kernels are compiled", async () => {
  const [source, heard] = [new Devices(true), [] as string[]];
  const work = new DeviceWork(source, (news) => void heard.push(told(news)));
  work.begin("auto");
  await work.tend(new JobQueue());
  expect(source.asked).toEqual(["trial", "trial", "move to auto", "preparation", "preparation", "preparation"]);
  expect(heard).toEqual(["cpu trying", "webgpu preparing", "webgpu done"]);
});

test("where the CPU is the quicker one nothing is compiled", async () => {
  const [source, heard] = [new Devices(false), [] as string[]];
  const work = new DeviceWork(source, (news) => void heard.push(told(news)));
  work.begin("auto");
  await work.tend(new JobQueue());
  expect(source.asked).toEqual(["trial", "trial", "move to auto"]);
  expect(heard).toEqual(["cpu trying", "cpu done"]);
});

test("a device that is demanded is not tried, and a program that stands in for a GPU is not prepared", async () => {
  for (const report of [CPU, { ...GPU, software: true }]) {
    const source = new Devices(true);
    source.device = () => report;
    const work = new DeviceWork(source, () => undefined);
    work.begin(report.kind === "cpu" ? "cpu" : "webgpu");
    await work.tend(new JobQueue());
    expect(source.asked).toEqual([]);
  }
});

test("a visitor's job finds its place between two pieces", async () => {
  const [source, queue] = [new Devices(true), new JobQueue()];
  let job: Promise<unknown> = Promise.resolve();
  const work = new DeviceWork(source, (news) => {
    if (told(news) === "webgpu preparing") job = queue.run(1, () => void source.asked.push("job"));
  });
  work.begin("auto");
  await work.tend(queue);
  await job;
  expect(source.asked.indexOf("job")).toBeGreaterThan(source.asked.indexOf("move to auto"));
  expect(source.asked.indexOf("job")).toBeLessThan(source.asked.lastIndexOf("preparation"));
});

test("what can wait begins once no job has come for a while", async () => {
  const [queue, order] = [new JobQueue(), [] as string[]];
  const waiting = queue.runWhenQuiet(30, () => void order.push("quiet"));
  for (const id of [1, 2, 3]) {
    await queue.run(id, () => void order.push("job"));
    await pause(10);
  }
  await waiting;
  expect(order).toEqual(["job", "job", "job", "quiet"]);
  // Behind such a piece the next one follows at once.
  const begun = performance.now();
  await queue.runWhenQuiet(10_000, () => void order.push("next"));
  expect(performance.now() - begun).toBeLessThan(1000);
});

test("a trial that a job needs is made by the job, and ends with it when it is cancelled", async () => {
  const source = new Devices(true);
  const work = new DeviceWork(source, () => undefined);
  work.begin("auto");
  const control = new JobControl();
  await work.settle(control);
  expect(source.asked).toEqual(["trial", "trial", "move to auto"]);
  work.begin("auto");
  control.cancel();
  await expect(work.settle(control)).rejects.toMatchObject({ code: "cancelled" });
});

test("a piece that fails ends the work and is told, and the session stays", async () => {
  const [source, heard] = [new Devices(true), [] as string[]];
  source.advancePreparation = () => Promise.reject(new EngineError(failure("device-failed", "Lost.")));
  const work = new DeviceWork(source, (news) => void heard.push(told(news)));
  work.begin("webgpu");
  await work.choose("webgpu", new JobControl());
  await work.tend(new JobQueue());
  expect(heard).toEqual(["webgpu preparing", "device-failed"]);
  await work.tend(new JobQueue());
  expect(heard).toHaveLength(2);
});

test("the engine begins on the CPU, decides before a training, and moves when it is told to", async () => {
  const source = new Devices(true);
  const session = Object.assign(source, {
    readConfig: () => ({ scores: DEFAULTS.scores }),
    startWatched: () => void source.asked.push(`train on ${source.device().kind}`),
    next: () => Promise.resolve(undefined),
  });
  const created: DeviceChoice[] = [];
  const engineClass = {
    create: (choice: DeviceChoice) => {
      created.push(choice);
      return Promise.resolve(session);
    },
    defaults: () => DEFAULTS,
    dataSets: () => [],
  };
  const api = createEngine(supplyOf(() => Promise.resolve(engineClass)));
  const start = await api.start(
    "auto",
    () => undefined,
    () => undefined,
  );
  expect(created).toEqual(["cpu"]);
  expect(start).toMatchObject({ ok: true, value: { device: { kind: "cpu" } } });
  const { distillation, reference, timeline: settings } = DEFAULTS;
  await api.distil(1, distillation, { settings, reference, objective: "relevance" }, 3, () => undefined);
  expect(source.asked.slice(0, 4)).toEqual(["trial", "trial", "move to auto", "train on webgpu"]);
  expect(await api.moveTo(2, "cpu")).toMatchObject({ ok: true, value: { kind: "cpu", trial: TRIAL } });
});

/** What a browser's GPU is to the engine: a prototype that gives devices, each of which can be lost. */
function gpuOf(): { adapter: { requestDevice(): Promise<object> }; lose: () => Promise<void> } {
  const losses: ((info: object) => void)[] = [];
  class Adapter {
    requestDevice(): Promise<object> {
      const lost = new Promise<object>((resolve) => losses.push(resolve));
      return Promise.resolve({ lost, addEventListener: () => undefined });
    }
  }
  Object.assign(globalThis, { GPUAdapter: Adapter });
  const lose = async (): Promise<void> => {
    losses.at(-1)?.({ reason: "unknown", message: "the driver was reset" });
    await pause();
  };
  return { adapter: new Adapter(), lose };
}

test("the loss of a GPU is told where it is worked with or tried, and not once the session is on the CPU", async () => {
  const { adapter, lose } = gpuOf();
  try {
    const source = new Devices(false);
    const advanceTrial = source.advanceTrial.bind(source);
    let duringTrial: () => Promise<void> = () => Promise.resolve();
    source.advanceTrial = async () => {
      await adapter.requestDevice();
      await duringTrial();
      return advanceTrial();
    };
    const session = Object.assign(source, { readConfig: () => ({ scores: DEFAULTS.scores }) });
    const engineClass = { create: () => Promise.resolve(session), defaults: () => DEFAULTS, dataSets: () => [] };
    const heard: string[] = [];
    const api = createEngine(supplyOf(() => Promise.resolve(engineClass)));
    await api.start(
      "cpu",
      () => undefined,
      (news) => void heard.push(told(news)),
    );
    const losses = (): number => heard.filter((code) => code === "device-lost").length;
    expect(await api.moveTo(1, "auto")).toMatchObject({ value: { kind: "cpu" } });
    await lose();
    expect(losses()).toBe(0);
    expect(await api.moveTo(2, "webgpu")).toMatchObject({ value: { kind: "webgpu" } });
    await adapter.requestDevice();
    await lose();
    expect(losses()).toBe(1);
    expect(await api.moveTo(3, "cpu")).toMatchObject({ value: { kind: "cpu" } });
    await adapter.requestDevice();
    await lose();
    expect(losses()).toBe(1);
    duringTrial = () => {
      duringTrial = () => Promise.resolve();
      return lose();
    };
    // As before any trial.
    source.device = () => CPU;
    await api.moveTo(4, "auto");
    expect(losses()).toBe(2);
  } finally {
    Reflect.deleteProperty(globalThis, "GPUAdapter");
  }
});

test("a GPU that was chosen and had to be given up can be chosen again", () => {
  expect(isOtherDevice("webgpu", "webgpu", "webgpu")).toBe(false);
  expect(isOtherDevice("webgpu", "webgpu", "cpu")).toBe(true);
  expect(isOtherDevice("webgpu", "auto", "webgpu")).toBe(true);
  for (const kind of ["cpu", "webgpu"] as const) expect(isOtherDevice("auto", "auto", kind)).toBe(false);
});

test("the page shows the device, what is done about it and why one was refused, and loses nothing by a move", () => {
  const opened = after(OPENED);
  const moving = after([{ kind: "device/asked" }], opened);
  expect(moving.engine).toMatchObject({ activity: "moving" });
  // What was told of the former device does not end the move.
  const still = after([{ kind: "device/news", device: CPU, activity: null, fetched: null }], moving);
  expect(still.engine).toMatchObject({ activity: "moving" });
  const moved = after([{ kind: "device/moved", choice: "webgpu", device: GPU }], still);
  expect(moved).toEqual({
    ...opened,
    choice: "webgpu",
    engine: { phase: "ready", device: GPU, activity: null, fetched: null, refused: null },
  });
  const cause = failure("no-webgpu", "There is no adapter.");
  const refused = after([{ kind: "device/asked" }, { kind: "device/refused", failure: cause }], opened);
  expect(refused.choice).toBe("auto");
  expect(refused.engine).toMatchObject({ activity: null, refused: cause, device: { kind: "cpu" } });
  // A new engine is opened on what was chosen.
  expect(after([{ kind: "engine/starting" }, READY], moved).choice).toBe("webgpu");
});

test("the ratio is told in words, and a program is called what it is", () => {
  expect(trialText(TRIAL)).toBe("your GPU is 6 times as fast as the CPU here");
  const software = { ...TRIAL, webgpuMs: 4080, software: true, adapter: "SwiftShader" };
  expect(trialText(software)).toBe("the CPU is 17 times as fast as this software adapter (SwiftShader) here");
  const product = { ...software, work: "product", webgpuMs: 21_000 } as const;
  expect(trialText(product)).toBe("the CPU multiplies 88 times as fast as this software adapter (SwiftShader) here");
  expect(trialText({ ...TRIAL, webgpuMs: 250 })).toBe("the CPU and your GPU are about as fast here");
  expect([1, 1.42, 2, 2.96, 17.4, 1234.5].map(times)).toEqual([
    null,
    "1.4 times",
    "2 times",
    "3 times",
    "17 times",
    "1,235 times",
  ]);
  expect(deviceName(GPU)).toEqual({ kind: "WebGPU", name: "nvidia hopper" });
  expect(deviceName({ ...GPU, software: true, name: "SwiftShader" })).toEqual({
    kind: "WebGPU in software",
    name: "(SwiftShader)",
  });
});

test("the address follows the device and keeps what else it says", () => {
  expect(deviceSearch("?device=cpu&x=1", "webgpu")).toBe("?device=webgpu&x=1");
  expect(deviceSearch("", "cpu")).toBe("?device=cpu");
  expect(deviceSearch("?device=cpu", "auto")).toBe("");
});
