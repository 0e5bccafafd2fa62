// The drill: fetched when it is wanted.
import { toFailure } from "../protocol/failure";
import { LOSSES } from "../state/drill";
import { type AppState, INITIAL_STATE } from "../state/model";
import { createStore, type Store } from "../state/store";
import { applyHash } from "../state/url";
import type { OpenAside } from "./drill-actions";

/** A small run, long enough to be lost that often. */
const SETTINGS =
  "#train=120&test=60&steps=120&batch=16&report-every=1&evaluate-every=60&timeline-pictures=0&start=random";
/** Steps between a loss and the next one. */
const STEPS_BETWEEN = 5;

/** Trains both, the second one on an engine of its own, and compares them. */
export async function drilling(store: Store, openAside: OpenAside): Promise<boolean> {
  const { defaults, engine } = store.get();
  if (!defaults || engine.phase !== "ready") return false;
  store.dispatch({ kind: "drill/progress", done: -1, total: LOSSES });
  const choice = engine.device.kind === "webgpu" ? "webgpu" : "cpu";
  const own = createStore({ ...INITIAL_STATE, choice, settings: applyHash(defaults, SETTINGS) });
  const actions = openAside(own);
  try {
    await expect(own, actions.start());
    await expect(own, actions.useShippedTeacher());
    await expect(own, actions.distil());
    const undisturbed = await actions.readWeights("student");
    const begun = performance.now();
    const run = actions.distil();
    for (let loss = 0; loss < LOSSES; loss++) {
      store.dispatch({ kind: "drill/progress", done: loss, total: LOSSES });
      await until(own, (state) => stepOf(state) >= STEPS_BETWEEN * (loss + 1));
      actions.loseEngine();
      await until(own, ({ keeping }) => (keeping.survived[loss]?.resumedAt ?? null) !== null);
    }
    await expect(own, run);
    const { survived } = own.get().keeping;
    const disturbed = await actions.readWeights("student");
    const report = {
      total: LOSSES,
      survived: survived.length,
      isSame: undisturbed.length === disturbed.length && undisturbed.every((byte, i) => byte === disturbed[i]),
      drift: Math.max(...survived.map(({ drift }) => drift ?? 0)),
      seconds: (performance.now() - begun) / 1000,
    };
    store.dispatch({ kind: "drill/ended", report });
    return true;
  } catch (reason) {
    store.dispatch({ kind: "drill/failed", failure: toFailure(reason) });
    return false;
  } finally {
    actions.stopEngine();
  }
}

function stepOf({ run }: AppState): number {
  return run.phase === "running" ? run.log.step : 0;
}

/** Waits for an action, and throws what it failed of. */
async function expect(store: Store, action: Promise<boolean>): Promise<void> {
  if (!(await action)) throw failureOf(store.get());
}

/** Waits until the page is in a state; throws when its engine or run has failed. */
function until(store: Store, holds: (state: AppState) => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let settled = false;
    const look = (): void => {
      const state = store.get();
      const failed = state.engine.phase === "failed" || state.run.phase !== "running";
      if (settled || !(holds(state) || failed)) return;
      settled = true;
      stop();
      if (holds(state)) resolve();
      else reject(failureOf(state));
    };
    const stop = store.subscribe(look);
    look();
  });
}

function failureOf({ engine, run, teacher, data }: AppState): Error {
  const [first] = [engine, data, teacher, run].flatMap((part) => ("failure" in part ? [part.failure] : []));
  return Object.assign(new Error(first?.message ?? "The drill ended before its last loss."), {
    code: first?.code ?? "unexpected",
  });
}
