// What is asked for while the engine is lost and another one takes its place.

import { expect, test } from "@playwright/test";
import { expose } from "comlink";

import { type Context, dropJob } from "../../../www/client/context";
import { callback } from "../../../www/client/engine-client";
import { type PageEngine, pageEngine } from "../../../www/client/page-engine";
import { type FollowedRun, followRun } from "../../../www/client/run-follower";
import type { Keeper } from "../../../www/client/keeping/keeper";
import type { Actions } from "../../../www/client/actions";
import type { Continuation, EngineApi, JobProgress } from "../../../www/protocol/messages";
import type { AppState } from "../../../www/state/model";
import { createStore, type Store } from "../../../www/state/store";
import { createEngine } from "../../../www/worker/engine";
import { bench, lost, takeDown } from "./page-bench";
import { after, DEFAULTS, OPENED, REPORT, RUN, supplyOf } from "./support";

test.afterEach(takeDown);

const pause = (ms = 2): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test("a run that was cancelled while its engine was lost ends, and does not go on in the next one", async () => {
  for (const isKept of [true, false]) {
    const store = createStore(after(OPENED));
    const asked: string[] = [];
    let kept: Continuation | null = null;
    const keeper = {
      beginRun: () => undefined,
      endRun: () => void asked.push("end"),
      continuation: () => kept,
      keptAt: () => 0,
    } as unknown as Keeper;
    const api = { goOn: () => asked.push("go on"), distil: () => asked.push("distil") } as unknown as EngineApi;
    const context = {
      store,
      lastLoss: () => "device-lost",
      call: async (invoke: (api: EngineApi) => Promise<unknown>, mayTry: () => boolean) => {
        void invoke(api);
        if (isKept)
          kept = { config: { kind: "distillation", ...RUN.config }, checkpoint: new Blob(), reason: "", lostAt: 3 };
        store.dispatch({ kind: "pace/asked", job: RUN.job, pace: "cancelling" });
        mayTry();
        return invoke(api);
      },
    } as unknown as Context;
    const run = {
      job: RUN.job,
      config: { kind: "distillation", ...RUN.config },
      tell: () => undefined,
      begin: () => {
        store.dispatch(RUN);
      },
      start: () => (engine) => engine.distil(RUN.job, RUN.config, {} as never, 3, () => undefined),
      keepEvery: 3,
    } satisfies FollowedRun<null>;
    await expect(followRun(context, keeper, run)).rejects.toMatchObject({ code: "cancelled" });
    expect(asked).toEqual(["distil", "end"]);
    expect(store.get().run).toMatchObject({ phase: "running", pace: "cancelling" });
  }
});

/** Workers that live in this thread, and speak with the page as real ones do. */
class Workers {
  readonly ports: MessagePort[] = [];
  /** how often scores were begun, over all workers */
  begun = 0;

  /** Puts them where the page looks for workers, for as long as something is done. */
  async during(work: () => Promise<void>): Promise<void> {
    const { Worker, location } = globalThis;
    const open = (): MessagePort => this.open();
    const opened = function (): object {
      return Object.assign(open(), { terminate: () => undefined });
    };
    Object.assign(globalThis, { location: { hash: "" }, Worker: opened });
    try {
      await work();
    } finally {
      Object.assign(globalThis, { Worker, location });
      for (const port of this.ports) port.close();
    }
  }

  private open(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.ports.push(port1, port2);
    let steps = 0;
    const session = {
      device: () => ({ kind: "cpu", name: "test", notice: null }),
      readConfig: () => ({ scores: DEFAULTS.scores }),
      shelf: () => undefined,
      startScoring: () => void this.begun++,
      nextScores: async () => {
        // The first engine never comes to an end.
        if (this.begun === 1) await new Promise(() => undefined);
        await pause();
        if (++steps === 5) return { kind: "finished", report: REPORT };
        return { kind: "progress", stage: "draws", done: steps, total: 5 };
      },
      cancelScoring: () => undefined,
    };
    const engineClass = { create: () => Promise.resolve(session), defaults: () => DEFAULTS, dataSets: () => [] };
    expose(createEngine(supplyOf(() => Promise.resolve(engineClass))), port2);
    return port1;
  }
}

/** Asks for scores, loses the engine under them, and does something before the next one stands. */
async function loseUnderScores(meanwhile: (context: Context) => void): Promise<[Workers, Promise<unknown>]> {
  const workers = new Workers();
  const store: Store = createStore();
  let result: Promise<unknown> = Promise.resolve();
  await workers.during(async () => {
    const engine: PageEngine = pageEngine(store, () => pause(20));
    expect(await engine.start()).toBe(true);
    const context: Context = { ...engine, store, newJob: () => 8 };
    const unheard = callback<JobProgress>(() => undefined);
    result = context.call((api) => api.score(7, { reference: DEFAULTS.reference }, unheard));
    result.catch(() => undefined);
    while (workers.begun === 0) await pause();
    engine.lose();
    await pause();
    expect(store.get().engine.phase).toBe("recovering");
    meanwhile(context);
    await result.catch(() => undefined);
    engine.stop();
  });
  return [workers, result];
}

test("what is lost with an engine is asked for once more, unless it was dropped meanwhile", async () => {
  const [insistent, scores] = await loseUnderScores(() => undefined);
  expect(await scores).toEqual(REPORT);
  expect(insistent.begun).toBe(2);
  const [, dropped] = await loseUnderScores((context) => {
    dropJob(context, { job: 7 });
  });
  await expect(dropped).rejects.toMatchObject({ code: "cancelled" });
});

test("weights on their way when the engine is lost are on the page beside what the next engine has, and no more", async () => {
  const { store, actions } = bench((worker) => ({
    pack: () => (worker === 1 ? lost() : new Blob(["packed"])),
    loadStudentStart: () => card(0.5),
  }));
  await actions.start();
  // The Teacher was not packed yet.
  await actions.useShippedTeacher();
  void actions.loadStart(FILE);
  await expect.poll(() => store.get().start).toMatchObject({ phase: "ready", card: { accuracy: 0.5 } });
  expect(store.get().teacher.phase).toBe("none");
});

const FILE = new File(["a"], "a.pt");

/** A card by the accuracy on it, with what else a checkpoint tells. */
function card(accuracy: number): object {
  const { network } = DEFAULTS.teacher;
  return { name: "ResNet-20", parameters: 1, classes: 2, layers: ["layer1"], accuracy, network };
}

function pair(gain: number): object {
  const [teacher, student, base] = [card(0.9), card(0.8), card(0.7)];
  return { teacher, student, base, gain, distillation: DEFAULTS.distillation };
}

/** Calls that bring a network: what asks for them, and what the page shows of them. */
const LOADS: [keyof EngineApi, (actions: Actions) => Promise<boolean>, (state: AppState) => unknown][] = [
  ["loadTeacher", ({ loadTeacher }) => loadTeacher(FILE), ({ teacher }) => teacher],
  ["useNormalisation", ({ prepare }) => prepare(), ({ teacher }) => teacher],
  ["loadStudentStart", ({ loadStart }) => loadStart(FILE), ({ start }) => start],
  ["loadTeacherStart", ({ loadTeacherStart }) => loadTeacherStart(FILE), ({ teacherStart }) => teacherStart],
  ["useShippedStudents", ({ showShipped }) => showShipped(), ({ run }) => run],
];

for (const [call, load, shown] of LOADS) {
  test(`what ${call} brings is on the page though an engine that held other networks is lost under it`, async () => {
    let hasOthers = false;
    const { store, actions, asked } = bench((worker) => {
      const answer = (first: unknown, next: unknown): unknown => (!hasOthers ? first : worker === 1 ? lost() : next);
      return {
        loadTeacherStart: () => card(0.9),
        useShippedStudents: () => pair(0.1),
        pack: () => answer(new Blob(["packed"]), new Blob(["packed"])),
        [call]: call === "useShippedStudents" ? () => answer(pair(0.1), pair(0.5)) : () => answer(card(0.9), card(0.5)),
      };
    });
    await actions.start();
    await actions.trainTeacher();
    await actions.loadStart(FILE);
    await actions.loadTeacherStart(FILE);
    await actions.showShipped();
    await pause(20);
    hasOthers = true;
    void load(actions);
    await expect.poll(() => store.get().keeping.survived.length).toBe(1);
    await pause(20);
    expect(asked.slice(asked.indexOf("2 unpack"))).toContain(`2 ${call}`);
    const isPair = call === "useShippedStudents";
    const expected = isPair
      ? { phase: "finished", result: { gain: 0.5 } }
      : { phase: "ready", card: { accuracy: 0.5 } };
    expect(shown(store.get())).toMatchObject(expected);
  });
}
