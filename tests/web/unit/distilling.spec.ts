// Distilling and what is made of it, over an engine that is a queue of jobs some milliseconds long.

import { expect, test } from "@playwright/test";

import type { Context } from "../../../www/client/context";
import { distilActions, type DistilActions } from "../../../www/client/distil-actions";
import type { Keeper } from "../../../www/client/keeping/keeper";
import { labActions } from "../../../www/client/lab-actions";
import { cancelled, EngineError, type Outcome, toFailure } from "../../../www/protocol/failure";
import type { EngineApi, ExplanationData, JobId, RunEvent } from "../../../www/protocol/messages";
import type { AppState } from "../../../www/state/model";
import { canDistil, isBusy } from "../../../www/state/select";
import { createStore, type Store } from "../../../www/state/store";
import { after, FINISHED, OPENED, REPORT } from "./support";

const pause = (ms = 2): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Bench {
  store: Store;
  actions: DistilActions;
  context: Context;
  /** how many runs were made, and maps computed */
  runs(): number;
  explained(): number;
}

/** Actions over an engine whose maps say of which run they were made. */
function bench(): Bench {
  const store = createStore(after(OPENED));
  const dropped = new Set<JobId>();
  let tail: Promise<unknown> = Promise.resolve();
  let [runs, explained, jobs] = [0, 0, 10];
  const queue = <T>(job: JobId, ms: number, work: () => T): Promise<Outcome<T>> => {
    const result = tail.then(async (): Promise<Outcome<T>> => {
      await pause(dropped.has(job) ? 0 : ms);
      return dropped.has(job) ? { ok: false, failure: toFailure(cancelled()) } : { ok: true, value: work() };
    });
    tail = result;
    return result;
  };
  const api = {
    distil: (job: JobId, _config: unknown, _watched: unknown, _every: number, tell: (event: RunEvent) => void) =>
      queue(job, 5, () => {
        runs++;
        tell({ ...FINISHED });
        return null;
      }),
    explain: (job: JobId) =>
      queue(job, 20, () => {
        explained++;
        return { madeOf: runs } as unknown as ExplanationData;
      }),
    score: (job: JobId) => queue(job, 40, () => ({ ...REPORT, n: runs })),
    summaries: (job: JobId, lists: number[][]) => queue(job, 0, () => lists.map(() => null)),
    cancel: (job: JobId) => Promise.resolve(void dropped.add(job)),
  } as unknown as EngineApi;
  const context = {
    store,
    newJob: () => ++jobs,
    noteProgress: () => undefined,
    lastLoss: () => "",
    tell: (invoke: (api: EngineApi) => unknown) => void invoke(api),
    call: async <T>(invoke: (api: EngineApi) => Promise<Outcome<T>>): Promise<T> => {
      const outcome = await invoke(api);
      if (outcome.ok) return outcome.value;
      throw new EngineError(outcome.failure);
    },
  } as unknown as Context;
  const keeper = { beginRun: () => undefined, endRun: () => undefined, continuation: () => null } as unknown as Keeper;
  return { store, context, actions: distilActions(context, keeper, 3), runs: () => runs, explained: () => explained };
}

async function until(store: Store, holds: (state: AppState) => boolean): Promise<void> {
  while (!holds(store.get())) await pause();
}

function madeOf({ maps }: AppState): unknown {
  return maps.phase === "ready" ? (maps.value as unknown as { madeOf: number }).madeOf : null;
}

test("a run that begins while the maps of the former one are computed gets maps of its own", async () => {
  const { store, actions, runs } = bench();
  const first = actions.distil();
  await until(store, ({ maps }) => maps.phase === "computing");
  const beside = actions.explainLayer(1);
  await actions.distil();
  expect(await first).toBe(true);
  expect(await beside).toMatchObject({ madeOf: 1 });
  expect([runs(), madeOf(store.get())]).toEqual([2, 2]);
  const layer = await actions.explainLayer(1);
  expect(layer).toMatchObject({ madeOf: 2 });
  // Both came to their ends, and the maps are those of the second.
  const kept = store.get().lab.runs.map(({ maps }) => (maps as unknown as { madeOf: number } | null)?.madeOf ?? null);
  expect(kept).toEqual([null, 2]);
});

test("maps of the run on show are computed once, but not kept for a run that is brought back in its place", async () => {
  const { store, actions, explained } = bench();
  await actions.distil();
  const { run, maps, spread, scores, matrices, answers, faithfulness, sanity, ...rest } = store.get();
  await actions.explain();
  expect(explained()).toBe(1);
  await actions.distil();
  expect(explained()).toBe(2);
  // An engine that took a lost one's place holds the first run.
  const { teacher, start, teacherStart } = rest;
  const page = { teacher, start, teacherStart, run, maps, spread, scores, matrices, answers, faithfulness, sanity };
  store.dispatch({ kind: "kept/restored", page, lab: null });
  await actions.explain();
  expect(explained()).toBe(3);
});

test("a run whose scores are made anew meanwhile waits for them, and is put into the lab", async () => {
  const { store, actions } = bench();
  const run = actions.distil();
  await until(store, ({ scores }) => scores.phase === "computing");
  await pause(30);
  store.dispatch({ kind: "settings/set", key: "reference", text: "24" });
  void actions.score();
  expect(await run).toBe(true);
  const [kept, ...others] = store.get().lab.runs;
  expect(others).toHaveLength(0);
  expect(kept?.scores).toMatchObject({ n: 1 });
  expect(kept?.settings.reference.images).toBe(24);
  expect(madeOf(store.get())).toBe(1);
});

test("a series goes on where its scoring is cancelled, and is busy between its runs", async () => {
  const { store, actions, context } = bench();
  const lab = labActions(context, actions.distilAs, () => undefined);
  const series = lab.distilSeries(2);
  await until(store, ({ scores }) => scores.phase === "computing");
  expect(isBusy(store.get())).toBe(true);
  expect(canDistil(store.get())).toBe(false);
  actions.cancelScores();
  expect(await series).toBe(true);
  expect(store.get().lab.runs.map(({ scores, series: of }) => [scores !== null, of])).toEqual([
    [false, 1],
    [true, 1],
  ]);
  expect(store.get().lab.series).toMatchObject([{ total: 2, isRunning: false }]);
  expect(isBusy(store.get())).toBe(false);
});
