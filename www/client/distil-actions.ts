import type { DistillationConfig, MapKind, Picture } from "../protocol/contract";
import type { ExplanationData, JobId, JobProgress, RunEvent } from "../protocol/messages";
import type { AppEvent, ResultEvent } from "../state/events";
import type { RunUnderWay } from "../state/kept-work";
import type { KeptRun } from "../state/lab";
import { activeTraining, effectiveStart, layerOnShow } from "../state/select";
import type { Settings } from "../state/settings";
import { attempt, type Context, currentSettings, dropJob } from "./context";
import { type Call, callback } from "./engine-client";
import type { Keeper } from "./keeping/keeper";
import { followRun } from "./run-follower";

/** Most explanations kept, so that going back to a layer or an objective costs nothing. */
const KEPT_EXPLANATIONS = 6;

/** Distilling, and looking at what came of it. */
export interface DistilActions {
  /** Distils, then computes maps and scores. */
  distil(): Promise<boolean>;
  /** Goes on with the run of an earlier visit that the page shows. */
  goOnDistilling(former: RunUnderWay): Promise<boolean>;
  /** The same under another seed, as a run of a series. */
  distilAs(seed: number, series: number): Promise<boolean>;
  /** Takes a pair that was distilled beforehand, under the shipped Teacher, then computes maps and scores. */
  showShipped(): Promise<boolean>;
  explain(): Promise<boolean>;
  /** Maps of another layer, beside those on show; null where they cannot be had. */
  explainLayer(layer: number): Promise<ExplanationData | null>;
  /** The distance matrices of the layer on show. */
  compareMatrices(): Promise<boolean>;
  /** What the three networks answer to every test picture. */
  askAll(): Promise<boolean>;
  /** Test pictures by their indices; none where they cannot be had. */
  fetchPictures(indices: number[]): Promise<Picture[]>;
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
export function distilActions(context: Context, keeper: Keeper, keepEvery: number): DistilActions {
  const { store } = context;
  let cache: { of: object | null; maps: Map<string, ExplanationData> } = { of: null, maps: new Map() };

  /** The maps that were computed from the networks on show. Those of other networks, still to come, go elsewhere. */
  function keptMaps(): Map<string, ExplanationData> {
    const { run } = store.get();
    const of = run.phase === "finished" ? run.result : null;
    if (!of || of !== cache.of) cache = { of, maps: new Map() };
    return cache.maps;
  }

  async function distil(seed?: number, series: number | null = null): Promise<boolean> {
    const job = context.newJob();
    const settings = withSeed(currentSettings(context), seed);
    const config = { ...settings.distillation, start: effectiveStart(store.get()) };
    return train(job, settings, config, series, null);
  }

  function goOn(former: RunUnderWay): Promise<boolean> {
    const { run } = store.get();
    if (run.phase !== "running") return Promise.resolve(false);
    return train(run.job, currentSettings(context), run.config, null, former);
  }

  /** A run to its end, and what is made of it then; from where it was kept, where it was. */
  async function train(
    job: JobId,
    settings: Settings,
    config: DistillationConfig,
    series: number | null,
    former: RunUnderWay | null,
  ): Promise<boolean> {
    const { reference, timeline, view } = settings;
    const watched = { settings: timeline, reference, objective: view.objective };
    const isTrained = await attempt(
      async () => {
        const run = {
          job,
          config: { kind: "distillation" as const, ...config },
          tell: (event: RunEvent) => {
            store.dispatch({ kind: "run/event", job, event });
          },
          begin: () => {
            store.dispatch({ kind: "run/started", job, config });
          },
          start:
            (listen: (event: RunEvent) => void): Call<null> =>
            (api) =>
              api.distil(job, config, watched, keepEvery, listen),
          keepEvery,
        };
        await followRun(context, keeper, run, former);
      },
      (failure) => {
        store.dispatch({ kind: "run/failed", job, failure });
      },
    );
    return isTrained && keepRun(settings, series);
  }

  /** Computes maps and scores of the run that was just made, and puts it into the lab with what came of them. */
  async function keepRun(settings: Settings, series: number | null): Promise<boolean> {
    const { run, data } = store.get();
    if (run.phase !== "finished" || data.phase !== "ready") return false;
    await Promise.all([explain(), score()]);
    await settled(run.job);
    const { run: shown, scores, maps } = store.get();
    // Something else may have taken its place meanwhile; it was made all the same.
    const isShown = shown.phase === "finished" && shown.job === run.job;
    const made = currentSettings(context);
    const kept: Omit<KeptRun, "id"> = {
      name: "",
      dataName: data.report.name,
      // Scores that were made anew are those of the settings as they are now.
      settings: isShown ? { ...settings, reference: made.reference, scores: made.scores } : settings,
      config: run.config,
      result: run.result,
      log: isShown ? shown.log : run.log,
      scores: isShown && scores.phase === "ready" ? scores.value : null,
      maps: isShown && maps.phase === "ready" ? maps.value : null,
      series,
    };
    store.dispatch({ kind: "lab/kept", run: kept });
    return true;
  }

  /** Until nothing is computed from a run any more: a setting may have had its maps or scores made anew. */
  function settled(job: JobId): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        const { run, scores, maps } = store.get();
        const isShown = run.phase === "finished" && run.job === job;
        if (isShown && (scores.phase === "computing" || maps.phase === "computing")) return;
        stop();
        resolve();
      };
      const stop = store.subscribe(look);
      look();
    });
  }

  async function showShipped(): Promise<boolean> {
    const job = context.newJob();
    store.dispatch({ kind: "run/loading", job });
    const isThere = await attempt(
      async () => {
        const pair = await context.call((api) => api.useShippedStudents(job));
        store.dispatch({ kind: "run/given", job, pair });
      },
      (failure) => {
        store.dispatch({ kind: "run/failed", job, failure });
      },
    );
    return isThere && keepRun(currentSettings(context), null);
  }

  async function explain(): Promise<boolean> {
    const { reference, view } = currentSettings(context);
    const { objective, classMethod, sign } = view;
    const layer = layerOnShow(store.get());
    const config = { reference, layer, objective, classMethod, signed: sign === "signed" };
    const key = JSON.stringify(config);
    const kept = keptMaps();
    dropJob(context, store.get().maps);
    const job = context.newJob();
    store.dispatch({ kind: "maps", job, result: { phase: "computing" } });
    return attempt(
      async () => {
        const value = kept.get(key) ?? (await context.call((api) => api.explain(job, config)));
        keep(kept, key, value);
        store.dispatch({ kind: "maps", job, result: { phase: "ready", value } });
      },
      (failure) => {
        store.dispatch({ kind: "maps", job, result: { phase: "failed", failure } });
      },
    );
  }

  async function explainLayer(layer: number): Promise<ExplanationData | null> {
    const { reference, view } = currentSettings(context);
    const { objective, classMethod, sign } = view;
    const config = { reference, layer, objective, classMethod, signed: sign === "signed" };
    const key = JSON.stringify(config);
    const kept = keptMaps();
    const job = context.newJob();
    let found: ExplanationData | null = null;
    await attempt(
      async () => {
        found = kept.get(key) ?? (await context.call((api) => api.explain(job, config)));
        keep(kept, key, found);
      },
      () => undefined,
    );
    return found;
  }

  /** Something that is computed from the networks in one go. */
  function compute<T>(kind: "matrices" | "answers", call: (job: JobId) => Promise<T>): Promise<boolean> {
    dropJob(context, store.get()[kind]);
    const job = context.newJob();
    const tell = (result: ResultEvent<T>): void => {
      store.dispatch({ kind, job, result } as AppEvent);
    };
    tell({ phase: "computing" });
    return attempt(
      async () => {
        tell({ phase: "ready", value: await call(job) });
      },
      (failure) => {
        tell({ phase: "failed", failure });
      },
    );
  }

  function compareMatrices(): Promise<boolean> {
    const { reference } = currentSettings(context);
    const layer = layerOnShow(store.get());
    return compute("matrices", (job) => context.call((api) => api.matrices(job, { reference, layer })));
  }

  async function fetchPictures(indices: number[]): Promise<Picture[]> {
    const job = context.newJob();
    let found: Picture[] = [];
    await attempt(
      async () => {
        found = await context.call((api) => api.pictures(job, { split: "test", indices }));
      },
      () => undefined,
    );
    return found;
  }

  function askAll(): Promise<boolean> {
    return compute("answers", (job) => context.call((api) => api.answers(job)));
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
        const value = await context.call((api) => api.score(job, { reference, ...scores }, listen));
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
        const value = await context.call((api) => api.spread(job, config, listen));
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
    context.tell((api) => api[call](job));
  }

  return {
    distil: () => distil(),
    goOnDistilling: goOn,
    distilAs: distil,
    showShipped,
    explainLayer,
    compareMatrices,
    askAll,
    fetchPictures,
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

function withSeed(settings: Settings, seed: number | undefined): Settings {
  if (seed === undefined) return settings;
  const { distillation } = settings;
  return { ...settings, distillation: { ...distillation, optimiser: { ...distillation.optimiser, seed } } };
}

/** Keeps a value under its key as the newest, and lets the oldest go when there are too many. */
function keep(kept: Map<string, ExplanationData>, key: string, value: ExplanationData): void {
  kept.delete(key);
  kept.set(key, value);
  const [oldest] = kept.keys();
  if (kept.size > KEPT_EXPLANATIONS && oldest !== undefined) kept.delete(oldest);
}
