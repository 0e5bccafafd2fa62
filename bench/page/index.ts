// One engine on one backend, named by the address: `?engine=tfjs&backend=webgpu`. Whoever opens the page drives it
// through `bench`, one call after the other.

import type { Engine, Pair, PairConfig, PhotoConfig, Started, StepConfig, Training } from "./engine";
import { type Counts, tap } from "./taps";

const taps = tap();

/** What a page has needed to be ready. */
export interface Ready extends Started {
  /** milliseconds from the navigation until the engine could be asked for something */
  ms: number;
  /** addresses of all that was loaded */
  files: string[];
}

/** Times of one thing that was done again and again. */
export interface Timing {
  /** milliseconds each */
  ms: number[];
  /** what each did on the GPU, mean; `lonely` and `pipelines` are those of the page so far */
  counts: Counts;
}

/** Ends a measurement: after so many, or when so much time has passed, but not before the least. */
export interface Until {
  least: number;
  times: number;
  seconds: number;
}

const engines: Record<string, () => Promise<{ engine: Engine }>> = {
  unicam: () => import(/* webpackChunkName: "unicam" */ "./ours"),
  tfjs: () => import(/* webpackChunkName: "tfjs" */ "./tfjs"),
  jax: () => import(/* webpackChunkName: "jax" */ "./jax"),
};

let engine: Engine;
let training: Training;
let pair: Pair;

const bench = {
  async start(): Promise<Ready> {
    const asked = new URLSearchParams(location.search);
    const load = engines[asked.get("engine") ?? ""];
    if (!load) throw new Error("name an engine");
    engine = (await load()).engine;
    const started = await engine.start(asked.get("backend") ?? "");
    const ms = performance.now();
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    return { ...started, ms, files: [location.href, ...loaded] };
  },

  /** The first losses from the first weights, one step a block, and what each step took. */
  async firstLosses(
    config: StepConfig | PhotoConfig,
    steps: number,
  ): Promise<{ losses: [number, number][]; ms: number[] }> {
    training = await begin(config, 1);
    const [losses, ms]: [[number, number][], number[]] = [[], []];
    for (let i = 0; i < steps; i++) {
      const begun = performance.now();
      losses.push(await training.block());
      ms.push(performance.now() - begun);
      await nextTask();
    }
    return { losses, ms };
  },

  /** Times blocks of `per` steps, each of which ends with its losses on the host: milliseconds a step. */
  async time(config: StepConfig | PhotoConfig, per: number, warmUp: number, until: Until): Promise<Timing> {
    training = await begin(config, per);
    for (let i = 0; i < warmUp; i++) await training.block();
    return repeat(() => training.block(), per, until);
  },

  /** The engine's own work for a step: every dispatch is dropped, and nothing is read. */
  async host(config: StepConfig | PhotoConfig, until: Until): Promise<Timing> {
    training = await begin(config, 1_000_000);
    taps.dropping = true;
    try {
      for (let i = 0; i < 2; i++) await training.queue();
      return await repeat(() => training.queue(), 1, until);
    } finally {
      taps.dropping = false;
    }
  },

  /** Begins with a pair of networks: its maps, and what can be timed. */
  async pair(config: PairConfig): Promise<{ maps: number[]; works: { name: string; isWhole: boolean }[] }> {
    pair = await engine.pair(config);
    return { maps: [...(await pair.maps())], works: pair.works.map(({ name, isWhole }) => ({ name, isWhole })) };
  },

  async timePair(work: number, until: Until): Promise<Timing> {
    const run = pair.works[work]?.run;
    if (!run) throw new Error(`there is no work ${String(work)}`);
    await run();
    return repeat(run, 1, until);
  },
};

export type Bench = typeof bench;

function begin(config: StepConfig | PhotoConfig, per: number): Promise<Training> {
  if (!("depth" in config.teacher)) return engine.train(config as StepConfig, per);
  if (!engine.trainOnPhotos) throw new Error("this engine has no networks for photographs");
  return engine.trainOnPhotos(config as PhotoConfig, per);
}

async function repeat(run: () => Promise<unknown>, per: number, { least, times, seconds }: Until): Promise<Timing> {
  const before = { ...taps.counts };
  const ms: number[] = [];
  const begun = performance.now();
  while (ms.length < times && (ms.length < least || performance.now() - begun < 1000 * seconds)) {
    const from = performance.now();
    await run();
    ms.push((performance.now() - from) / per);
    await nextTask();
  }
  const counts = { ...taps.counts };
  for (const key of ["dispatches", "draws", "submits", "bindGroups", "writes", "reads"] as const) {
    counts[key] = (counts[key] - before[key]) / (ms.length * per);
  }
  return { ms, counts };
}

/** Lets the browser do what it has to do; not a timer, which a browser may hold back. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

Object.assign(globalThis, { bench });
