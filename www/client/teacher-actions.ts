import type { NetworkReport, TeacherReading } from "../protocol/contract";
import type { JobId, RunEvent } from "../protocol/messages";
import type { WeightSource } from "../state/model";
import { attempt, type Context, currentSettings, dropJob } from "./context";
import { callback } from "./engine-client";

/** Getting a Teacher, and weights for the Student to start from. */
export interface TeacherActions {
  useShippedTeacher(): Promise<boolean>;
  loadTeacher(file: File): Promise<boolean>;
  /** Reads the file that was loaded last in another way: another network in it, or another order of its outputs. */
  readTeacher(reading: TeacherReading): Promise<boolean>;
  /** Prepares pictures as the settings say now, and measures the Teacher on them, if there is one. */
  prepare(): Promise<boolean>;
  trainTeacher(): Promise<boolean>;
  /** Goes on with the Teacher that the engine has, on data that are new to it. */
  keepTeacher(source: WeightSource): Promise<boolean>;
  loadStart(file: File): Promise<boolean>;
}

/** Makes the Teacher actions. */
export function teacherActions(context: Context): TeacherActions {
  const { store } = context;
  let last: File | null = null;

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
    last = file;
    return load({ kind: "file", name: file.name }, (job) =>
      context.engine().call((api) => api.loadTeacher(job, file, reading)),
    );
  }

  function trainTeacher(): Promise<boolean> {
    const job = context.newJob();
    const config = currentSettings(context).teacher;
    const listen = callback<RunEvent>((event) => {
      store.dispatch({ kind: "teacher/event", job, event });
    });
    store.dispatch({ kind: "teacher/training", job, config });
    return attempt(
      async () => {
        const report = await context.engine().call((api) => api.trainTeacher(job, config, listen));
        store.dispatch({ kind: "teacher/ready", job, report });
      },
      (failure) => {
        store.dispatch({ kind: "teacher/failed", job, failure });
      },
    );
  }

  return {
    useShippedTeacher: () =>
      load({ kind: "shipped" }, (job) => context.engine().call((api) => api.useShippedTeacher(job))),
    loadTeacher: (file) => read(file, { network: null, order: [] }),
    readTeacher: (reading) => (last ? read(last, reading) : Promise.resolve(false)),
    prepare: () => {
      const { normalisation } = currentSettings(context);
      const { teacher } = store.get();
      const prepareOn = (job: JobId): Promise<NetworkReport | null> =>
        context.engine().call((api) => api.useNormalisation(job, normalisation));
      if (teacher.phase !== "ready") return prepareOn(context.newJob()).then(() => true);
      // Where nothing changed the Teacher is as it was.
      return load(teacher.source, async (job) => (await prepareOn(job)) ?? teacher.card);
    },
    trainTeacher,
    keepTeacher: (source) => load(source, (job) => context.engine().call((api) => api.describeTeacher(job))),
    loadStart: (file) => {
      const job = context.newJob();
      store.dispatch({ kind: "start/loading", job, name: file.name });
      return attempt(
        async () => {
          const report = await context.engine().call((api) => api.loadStudentStart(job, file));
          store.dispatch({ kind: "start/ready", job, report });
        },
        (failure) => {
          store.dispatch({ kind: "start/failed", job, failure });
        },
      );
    },
  };
}
