import type { NetworkReport, TeacherReading, TeacherTrainingConfig } from "../protocol/contract";
import type { JobId, RunEvent } from "../protocol/messages";
import type { RunUnderWay } from "../state/kept-work";
import type { WeightSource } from "../state/model";
import { effectiveTeacherStart } from "../state/select";
import { attempt, type Context, currentSettings, dropJob } from "./context";
import type { Call } from "./engine-client";
import type { Keeper } from "./keeping/keeper";
import { followRun } from "./run-follower";

/** Getting a Teacher, and weights for the Student to start from. */
export interface TeacherActions {
  useShippedTeacher(): Promise<boolean>;
  /** The same with the start that was given last in place of the one that comes with it. */
  useShippedTeacherBesideStart(): Promise<boolean>;
  loadTeacher(file: File): Promise<boolean>;
  /** Reads the Teacher's file in another way, where the page has it: another network in it, or another order of its outputs. */
  readTeacher(reading: TeacherReading): Promise<boolean>;
  /** Whether the page has the Teacher's file; that of a work that was taken up was not kept. */
  hasTeacherFile(): boolean;
  /** Prepares pictures as the settings say now, and measures the Teacher on them, if there is one. */
  prepare(): Promise<boolean>;
  trainTeacher(): Promise<boolean>;
  /** Goes on with the training of an earlier visit that the page shows. */
  goOnTeaching(former: RunUnderWay): Promise<boolean>;
  /** Goes on with the Teacher that the engine has, on data that are new to it. */
  keepTeacher(source: WeightSource): Promise<boolean>;
  loadStart(file: File): Promise<boolean>;
  /** Takes a checkpoint for a Teacher's training to begin with; the Teacher's settings become those of its network. */
  loadTeacherStart(file: File): Promise<boolean>;
}

/** Makes the Teacher actions, given how pictures are prepared for networks. */
export function teacherActions(
  context: Context,
  keeper: Keeper,
  normalise: (job: JobId) => Promise<NetworkReport | null>,
  keepEvery: number,
): TeacherActions {
  const { store } = context;
  // By the source that the page shows with a Teacher: one of an earlier visit has none here, one that is back has its own.
  const files = new WeakMap<WeightSource, { file: File; reading: TeacherReading }>();
  let lastStart: File | null = null;

  function load(source: WeightSource, fetch: (job: JobId) => Promise<NetworkReport>): Promise<boolean> {
    dropJob(context, store.get().teacher);
    const job = context.newJob();
    store.dispatch({ kind: "teacher/loading", job, source });
    return attempt(
      async () => {
        store.dispatch({ kind: "teacher/ready", job, report: await fetch(job) });
      },
      (failure) => {
        store.dispatch({ kind: "teacher/failed", job, failure });
      },
    );
  }

  function read(file: File, reading: TeacherReading): Promise<boolean> {
    const source: WeightSource = { kind: "file", name: file.name };
    files.set(source, { file, reading });
    return load(source, (job) => context.call((api) => api.loadTeacher(job, file, reading)));
  }

  /** The file of the Teacher that the page shows, and how it was read; undefined where the page does not have it. */
  function shownFile(): { file: File; reading: TeacherReading } | undefined {
    const { teacher } = store.get();
    return teacher.phase === "ready" ? files.get(teacher.source) : undefined;
  }

  /** A Teacher that was still on its way was judged on the pictures as they were before. */
  function judgedAnew(report: NetworkReport | null): Promise<boolean> {
    const { teacher } = store.get();
    if (!report || teacher.phase !== "ready") return Promise.resolve(true);
    const shown = shownFile();
    if (shown) return read(shown.file, shown.reading);
    return load(teacher.source, () => Promise.resolve(report));
  }

  function goOn(former: RunUnderWay): Promise<boolean> {
    const { teacher } = store.get();
    return teacher.phase === "training" ? train(teacher.job, teacher.config, former) : Promise.resolve(false);
  }

  function train(job: JobId, config: TeacherTrainingConfig, former: RunUnderWay | null): Promise<boolean> {
    return attempt(
      async () => {
        const run = {
          job,
          config: { kind: "teacher" as const, ...config },
          tell: (event: RunEvent) => {
            store.dispatch({ kind: "teacher/event", job, event });
          },
          begin: () => {
            store.dispatch({ kind: "teacher/training", job, config });
          },
          start:
            (listen: (event: RunEvent) => void): Call<NetworkReport> =>
            (api) =>
              api.trainTeacher(job, config, keepEvery, listen),
          keepEvery,
        };
        const report = await followRun(context, keeper, run, former);
        store.dispatch({ kind: "teacher/ready", job, report });
      },
      (failure) => {
        store.dispatch({ kind: "teacher/failed", job, failure });
      },
    );
  }

  function useShippedTeacher(): Promise<boolean> {
    return load({ kind: "shipped" }, (job) => context.call((api) => api.useShippedTeacher(job)));
  }

  function loadStart(file: File): Promise<boolean> {
    lastStart = file;
    const job = context.newJob();
    store.dispatch({ kind: "start/loading", job, name: file.name });
    return attempt(
      async () => {
        const report = await context.call((api) => api.loadStudentStart(job, file));
        store.dispatch({ kind: "start/ready", job, report });
      },
      (failure) => {
        store.dispatch({ kind: "start/failed", job, failure });
      },
    );
  }

  return {
    useShippedTeacher,
    useShippedTeacherBesideStart: async () =>
      lastStart !== null && (await useShippedTeacher()) && (await loadStart(lastStart)),
    loadTeacher: (file) => read(file, { network: null, order: [] }),
    readTeacher: (reading) => {
      const shown = shownFile();
      return shown ? read(shown.file, reading) : Promise.resolve(false);
    },
    hasTeacherFile: () => shownFile() !== undefined,
    prepare: () => {
      const { teacher } = store.get();
      if (teacher.phase !== "ready") return normalise(context.newJob()).then(judgedAnew);
      // Where nothing changed the Teacher is as it was.
      return load(teacher.source, async (job) => (await normalise(job)) ?? teacher.card);
    },
    trainTeacher: () => {
      const config = { ...currentSettings(context).teacher };
      // Left out where it is random, as in settings from before there was a choice.
      delete config.start;
      if (effectiveTeacherStart(store.get()) === "given") config.start = "given";
      return train(context.newJob(), config, null);
    },
    loadTeacherStart: (file) => {
      const job = context.newJob();
      store.dispatch({ kind: "teacher-start/loading", job, name: file.name });
      return attempt(
        async () => {
          const report = await context.call((api) => api.loadTeacherStart(job, file));
          store.dispatch({ kind: "teacher-start/ready", job, report });
          const settings = currentSettings(context);
          const teacher = { ...settings.teacher, network: report.network, start: "given" as const };
          store.dispatch({ kind: "settings/replaced", settings: { ...settings, teacher } });
        },
        (failure) => {
          store.dispatch({ kind: "teacher-start/failed", job, failure });
        },
      );
    },
    goOnTeaching: goOn,
    keepTeacher: (source) => load(source, (job) => context.call((api) => api.describeTeacher(job))),
    loadStart,
  };
}
