import { expect, test } from "@playwright/test";

import { remaker } from "../../../www/client/remaking";
import { type AppState, INITIAL_STATE } from "../../../www/state/model";
import { createStore, type Store } from "../../../www/state/store";
import { pause } from "./page-bench";
import { after, FINISHED, OPENED, REPORT, RUN } from "./support";

/** Longer than it takes until a user has settled on values. */
const SETTLED = 320;

/** What is made anew on a page when settings change. */
function page(state: AppState): { store: Store; done: string[]; change: (...keys: string[]) => void } {
  const [store, done] = [createStore(state), [] as string[]];
  const make = (name: string) => (): Promise<boolean> => Promise.resolve(done.push(name) > 0);
  const { remake } = remaker(store, {
    reopen: make("reopen"),
    prepare: make("prepare"),
    explain: make("explain"),
    score: make("score"),
  });
  return { store, done, change: (...keys) => void keys.forEach(remake) };
}

const FINISH = { kind: "run/event", job: RUN.job, event: FINISHED } as const;

test("all that changes at once is made anew, each once", async () => {
  const { done, change } = page(after([...OPENED, RUN, FINISH]));
  change("pixels", "layer", "sign");
  await pause(SETTLED);
  expect(done).toEqual(["explain", "score"]);
  change("reference", "layer");
  await pause(SETTLED);
  expect(done.splice(0)).toEqual(["explain", "score", "explain", "score"]);
});

test("how networks see pictures is made anew though pictures of one's own change with it, which are not shown", async () => {
  const { done, change } = page(after(OPENED));
  change("normalisation", "side");
  await pause(SETTLED);
  expect(done).toEqual(["prepare"]);
  // Pictures that are opened are prepared as well.
  change("normalisation", "dial");
  await pause(SETTLED);
  expect(done).toEqual(["prepare", "reopen"]);
});

test("what changes during a run is made anew when that is over and kept with its maps and scores", async () => {
  const { store, done, change } = page(after([...OPENED, RUN]));
  change("train", "layer");
  await pause(SETTLED);
  store.dispatch(FINISH);
  await pause(SETTLED);
  expect(done, "maps and scores are still to come").toEqual([]);
  store.dispatch({ kind: "maps", job: 4, result: { phase: "computing" } });
  store.dispatch({ kind: "scores", job: 5, result: { phase: "computing" } });
  store.dispatch({ kind: "maps", job: 4, result: { phase: "ready", value: {} as never } });
  await pause(SETTLED);
  expect(done).toEqual([]);
  store.dispatch({ kind: "scores", job: 5, result: { phase: "ready", value: REPORT } });
  await pause(SETTLED);
  expect(done).toEqual(["reopen"]);
});

test("what changes during a Teacher's training is made anew when that is over", async () => {
  const teacher = {
    network: { family: "cifar-resnet", blocks: 1, width: 8 },
    optimiser: RUN.config.optimiser,
  } as const;
  const { store, done, change } = page(after([...OPENED, { kind: "teacher/training", job: 3, config: teacher }]));
  change("normalisation");
  await pause(SETTLED);
  expect(done).toEqual([]);
  store.dispatch({
    kind: "teacher/failed",
    job: 3,
    failure: { name: "", code: "cancelled", message: "", fatal: false },
  });
  await pause(SETTLED);
  expect(done).toEqual(["prepare"]);
});

test("pictures that are opened meanwhile are made from what has changed, and are not opened again", async () => {
  const { store, done, change } = page(after(OPENED));
  change("side", "normalisation");
  store.dispatch({ kind: "data/loading", job: 9, source: "images", total: 1 });
  await pause(SETTLED);
  expect(done).toEqual([]);
});

test("a training that begins while something is made anew waits for it", async () => {
  const store = createStore(after(OPENED));
  let finish: (stands: boolean) => void = () => undefined;
  const reopen = (): Promise<boolean> => new Promise((resolve) => (finish = resolve));
  const made = (): Promise<boolean> => Promise.resolve(true);
  const { remake, settled } = remaker(store, { reopen, prepare: made, explain: made, score: made });
  remake("dial");
  await pause(SETTLED);
  const waits = settled();
  finish(true);
  expect(await waits).toBe(true);
  expect(settled(), "nothing is made any more").toBeNull();
});

test("a training waits for all that is being made anew, and what stands is told by the last of it", async () => {
  const store = createStore(after(OPENED));
  let finish: (stands: boolean) => void = () => undefined;
  const reopen = (): Promise<boolean> => new Promise((resolve) => (finish = resolve));
  const made = (): Promise<boolean> => Promise.resolve(true);
  const { remake, settled } = remaker(store, { reopen, prepare: made, explain: made, score: made });
  remake("dial");
  await pause(SETTLED);
  remake("normalisation");
  let isOver = false;
  const waits = settled()?.finally(() => (isOver = true));
  await pause(20);
  expect(isOver, "pictures are still being opened").toBe(false);
  finish(false);
  expect(await waits).toBe(true);
});

test("what is not shown is not made", async () => {
  const { done, change } = page({ ...INITIAL_STATE });
  change("dial", "side", "layer", "opacity");
  await pause(SETTLED);
  expect(done).toEqual([]);
});
