import type { MapKind } from "../protocol/contract";
import type { ExplanationData, JobProgress, RunEvent } from "../protocol/messages";
import { activeTraining, effectiveStart, layerOnShow } from "../state/select";
import { attempt, type Context, currentSettings, dropJob } from "./context";
import { callback } from "./engine-client";

/** Most explanations kept, so that going back to a layer or an objective costs nothing. */
const KEPT_EXPLANATIONS = 6;

/** Distilling, and looking at what came of it. */
export interface DistilActions {
  /** Distils, then computes maps and scores. */
  distil(): Promise<boolean>;
  /** Takes a pair that was distilled beforehand, under the shipped Teacher, then computes maps and scores. */
  showShipped(): Promise<boolean>;
  explain(): Promise<boolean>;
  score(): Promise<boolean>;
  cancelScores(): void;
  /** How much of one picture's map is owed to the other pictures of its reference batch. */
  explainSpread(image: number, map: MapKind, batches: number): Promise<boolean>;
  cancelSpread(): void;
  pause(): void;
  resume(): void;
  cancel(): void;
}

/** Makes the distillation actions. */
export function distilActions(context: Context): DistilActions {
  const { store } = context;
  const kept = new Map<string, ExplanationData>();

  async function distil(): Promise<boolean> {
    const job = context.newJob();
    const config = { ...currentSettings(context).distillation, start: effectiveStart(store.get()) };
    const listen = callback<RunEvent>((event) => {
      store.dispatch({ kind: "run/event", job, event });
    });
    kept.clear();
    store.dispatch({ kind: "run/started", job, config });
    const isTrained = await attempt(
      async () => {
        await context.engine().call((api) => api.distil(job, config, listen));
      },
      (failure) => {
        store.dispatch({ kind: "run/failed", job, failure });
      },
    );
    return isTrained && look();
  }

  async function showShipped(): Promise<boolean> {
    const job = context.newJob();
    kept.clear();
    store.dispatch({ kind: "run/loading", job });
    const isThere = await attempt(
      async () => {
        const pair = await context.engine().call((api) => api.useShippedStudents(job));
        store.dispatch({ kind: "run/given", job, pair });
      },
      (failure) => {
        store.dispatch({ kind: "run/failed", job, failure });
      },
    );
    return isThere && look();
  }

  async function look(): Promise<boolean> {
    const [hasMaps, hasScores] = await Promise.all([explain(), score()]);
    return hasMaps && hasScores;
  }

  async function explain(): Promise<boolean> {
    const { reference, view } = currentSettings(context);
    const { objective, classMethod, sign } = view;
    const layer = layerOnShow(store.get());
    const config = { reference, layer, objective, classMethod, signed: sign === "signed" };
    const key = JSON.stringify(config);
    dropJob(context, store.get().maps);
    const job = context.newJob();
    store.dispatch({ kind: "maps", job, result: { phase: "computing" } });
    return attempt(
      async () => {
        const value = kept.get(key) ?? (await context.engine().call((api) => api.explain(job, config)));
        keep(kept, key, value);
        store.dispatch({ kind: "maps", job, result: { phase: "ready", value } });
      },
      (failure) => {
        store.dispatch({ kind: "maps", job, result: { phase: "failed", failure } });
      },
    );
  }

  function score(): Promise<boolean> {
    const { reference, scores } = currentSettings(context);
    dropJob(context, store.get().scores);
    const job = context.newJob();
    const listen = callback<JobProgress>((progress) => {
      store.dispatch({ kind: "scores", job, result: { phase: "progress", progress } });
    });
    store.dispatch({ kind: "scores", job, result: { phase: "computing" } });
    return attempt(
      async () => {
        const value = await context.engine().call((api) => api.score(job, { reference, ...scores }, listen));
        store.dispatch({ kind: "scores", job, result: { phase: "ready", value } });
      },
      (failure) => {
        store.dispatch({ kind: "scores", job, result: { phase: "failed", failure } });
      },
    );
  }

  function explainSpread(image: number, map: MapKind, batches: number): Promise<boolean> {
    const { reference, view } = currentSettings(context);
    const { objective } = view;
    const config = { image, map, layer: layerOnShow(store.get()), objective, reference, batches };
    dropJob(context, store.get().spread);
    const job = context.newJob();
    const listen = callback<JobProgress>((progress) => {
      store.dispatch({ kind: "spread", job, result: { phase: "progress", progress } });
    });
    store.dispatch({ kind: "spread", job, result: { phase: "computing" } });
    return attempt(
      async () => {
        const value = await context.engine().call((api) => api.spread(job, config, listen));
        store.dispatch({ kind: "spread", job, result: { phase: "ready", value } });
      },
      (failure) => {
        store.dispatch({ kind: "spread", job, result: { phase: "failed", failure } });
      },
    );
  }

  function ask(pace: "pausing" | "running" | "cancelling", call: "pause" | "resume" | "cancel"): void {
    const training = activeTraining(store.get());
    if (!training) return;
    const { job } = training;
    store.dispatch({ kind: "pace/asked", job, pace });
    context.engine().tell((api) => api[call](job));
  }

  return {
    distil,
    showShipped,
    explain,
    score,
    cancelScores: () => {
      dropJob(context, store.get().scores);
    },
    explainSpread,
    cancelSpread: () => {
      dropJob(context, store.get().spread);
    },
    pause: () => {
      ask("pausing", "pause");
    },
    resume: () => {
      ask("running", "resume");
    },
    cancel: () => {
      ask("cancelling", "cancel");
    },
  };
}

/** Keeps a value under its key as the newest, and lets the oldest go when there are too many. */
function keep(kept: Map<string, ExplanationData>, key: string, value: ExplanationData): void {
  kept.delete(key);
  kept.set(key, value);
  const [oldest] = kept.keys();
  if (kept.size > KEPT_EXPLANATIONS && oldest !== undefined) kept.delete(oldest);
}
