import type { Remote } from "comlink";

import type { DeviceChoice } from "../protocol/contract";
import { EngineError, type Failure, failure, PAGE_CODES, toFailure } from "../protocol/failure";
import type { DeviceNews, EngineApi, EngineReport, JobId, LoadProgress } from "../protocol/messages";
import { readAddress } from "../state/data-sets";
import { refusedDevice } from "../state/url";
import { defaultSettings } from "../state/settings";
import type { Store } from "../state/store";
import { type Call, callback, EngineClient } from "./engine-client";

/** Losses in a row, with nothing done between them, after which a GPU is given up, and after which the engine is. */
const GPU_LOSSES = 2;
const LOSSES = 4;

/** The engine as the page has it: started, called, and started anew where it is lost. */
export interface PageEngine {
  /** Starts it, a first or another time; tells whether it stands. */
  start(): Promise<boolean>;
  /** Calls it. If it is lost meanwhile, once more on the one that takes its place; more often only if `mayTry`. */
  call<T>(invoke: Call<T>, mayTry?: () => boolean): Promise<T>;
  /** Tells it something that is heard at once; where that drops a job, one that takes its place drops it, too. */
  tell(invoke: (api: Remote<EngineApi>) => Promise<void>, dropped?: JobId): void;
  /** Loses it on purpose, as a driver that resets or a worker that dies would. */
  lose(): void;
  /** Ends it for good. */
  stop(): void;
  /** Something was done since the last loss. */
  noteProgress(): void;
  /** Why it was lost last: a failure's code. */
  lastLoss(): string;
}

/** An engine that has been started. */
interface Opened {
  client: EngineClient;
  report: EngineReport;
  /** From now on its loss is to be survived. */
  settle(): void;
}

/** Brings back into a new engine what the page holds; it has a client of its own, as calls wait until it is done. */
export type Refill = (client: EngineClient) => Promise<void>;

/** Makes the page's engine on a store. */
export function pageEngine(store: Store, refill: Refill): PageEngine {
  let client: EngineClient | null = null;
  let recovery: Promise<boolean> | null = null;
  let losses = 0;
  let lastLoss = "";
  let isSparing = false;
  let calls = 0;
  // Jobs that were dropped while something was asked of the engine.
  const dropped = new Set<JobId>();

  /** A new worker whose engine is told to start. */
  async function open(choice: DeviceChoice): Promise<Opened> {
    const opened = new EngineClient((cause) => {
      // Whoever starts an engine hears by himself that it does not stand.
      if (client === opened && stands) lost(cause);
    });
    let stands = false;
    client = opened;
    const listen = callback<LoadProgress>((progress) => {
      store.dispatch({ kind: "engine/progress", ...progress });
    });
    const hear = callback<DeviceNews>((news) => {
      if (client !== opened) return;
      if (!("failure" in news)) store.dispatch({ kind: "device/news", ...news });
      else if (news.failure.fatal) opened.die(news.failure);
      else store.dispatch({ kind: "device/refused", failure: news.failure });
    });
    const report = await opened.call((api) => api.start(choice, listen, hear));
    return { client: opened, report, settle: () => (stands = true) };
  }
  async function start(): Promise<boolean> {
    client?.stop();
    recovery = null;
    losses = 0;
    isSparing = false;
    store.dispatch({ kind: "engine/starting" });
    try {
      const { report, settle } = await open(store.get().choice);
      settle();
      const defaults = defaultSettings(report.defaults);
      const former = store.get().settings;
      const read = readAddress(defaults, report.defaults.dataSets, location.hash);
      store.dispatch({ kind: "engine/ready", report, defaults, settings: former ?? read.settings });
      if (!former)
        store.dispatch({ kind: "address/refused", refused: [...refusedDevice(location.search), ...read.refused] });
      return true;
    } catch (reason) {
      store.dispatch({ kind: "engine/failed", failure: toFailure(reason) });
      return false;
    }
  }

  /** The engine cannot go on: another one takes its place, with everything that it held. */
  function lost(cause: Failure): void {
    lastLoss = cause.code;
    recovery = recover(cause);
  }

  async function recover(cause: Failure): Promise<boolean> {
    const begun = performance.now();
    const { engine } = store.get();
    const before = engine.phase === "ready" ? engine.device : null;
    losses++;
    const isAgain = isSparing && cause.code === PAGE_CODES.outOfMemory;
    isSparing ||= cause.code === PAGE_CODES.outOfMemory;
    const isGpu = before?.kind === "webgpu";
    // Memory that runs out though little is held runs out again on the same device.
    const choices: DeviceChoice[] = isGpu && losses <= GPU_LOSSES && !isAgain ? ["webgpu", "cpu"] : ["cpu"];
    const isHopeless = losses > LOSSES || (isAgain && !isGpu);
    store.dispatch({ kind: "engine/lost", failure: cause });
    for (const choice of isHopeless ? [] : choices) {
      try {
        const { client: opened, report, settle } = await open(choice);
        if (isSparing) await opened.call((api) => api.spareMemory());
        await refill(opened);
        settle();
        const survival = {
          code: cause.code,
          details: cause.details ?? null,
          seconds: (performance.now() - begun) / 1000,
          lostAt: null,
          resumedAt: null,
          from: before?.name ?? "",
          to: report.device.name,
          drift: null,
        };
        store.dispatch({ kind: "engine/recovered", report, survival });
        return true;
      } catch (reason) {
        console.info(`The engine could not be started anew on ${choice}`, reason);
        client?.stop();
      }
    }
    store.dispatch({ kind: "engine/failed", failure: cause });
    return false;
  }

  async function call<T>(invoke: Call<T>, mayTry?: () => boolean): Promise<T> {
    calls++;
    try {
      return await insist(invoke, mayTry);
    } finally {
      if (--calls === 0) dropped.clear();
    }
  }

  async function insist<T>(invoke: Call<T>, mayTry: () => boolean = once()): Promise<T> {
    for (;;) {
      await recovery;
      if (!client) throw new Error("the engine has not been started");
      try {
        const value = await client.call(recovery ? withDrops(invoke) : invoke);
        losses = 0;
        return value;
      } catch (reason) {
        const isLost = reason instanceof EngineError && reason.fatal;
        if (!isLost || !recovery || !mayTry() || !(await recovery)) throw reason;
      }
    }
  }

  /** A call on an engine that was not there when jobs were dropped: it hears of them once it knows of this one. */
  function withDrops<T>(invoke: Call<T>): Call<T> {
    return (api) => {
      const outcome = invoke(api);
      for (const job of dropped) client?.tell((api) => api.cancel(job));
      return outcome;
    };
  }

  return {
    start,
    call,
    tell: (invoke, job) => {
      if (job !== undefined && calls > 0) dropped.add(job);
      client?.tell(invoke);
    },
    lose: () => {
      const { engine } = store.get();
      if (engine.phase !== "ready" || !client) return;
      if (engine.device.kind === "webgpu") client.tell((api) => api.loseDevice());
      else client.die(failure(PAGE_CODES.workerDied, "The engine's worker was stopped on purpose."));
    },
    stop: () => {
      client?.stop();
    },
    noteProgress: () => {
      losses = 0;
    },
    lastLoss: () => lastLoss,
  };
}

/** Allows one more try. */
function once(): () => boolean {
  let tries = 0;
  return () => tries++ === 0;
}
