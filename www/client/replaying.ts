// What is done with a bundle: fetched with the first one.
import type { Remote } from "comlink";

import type { BundleSummary } from "../protocol/contract";
import { cancelled } from "../protocol/failure";
import type { EngineApi, FileProgress, JobId, JobProgress, NamedFile } from "../protocol/messages";
import { attempt, type Context, dropJob } from "./context";
import { type Call, callback } from "./engine-client";
import type { ReplayActions } from "./replay-actions";

/** The bundle that is open, as it was given. */
interface Given {
  file: File;
  /** what its pictures were collected from; null where none were given, or not the bundle's */
  pictures: NamedFile[] | null;
  /** the engine that holds all of it; one that takes a lost one's place does not */
  holder: Remote<EngineApi> | null;
}

/** Makes the replay actions. */
export function replaying(context: Context): ReplayActions {
  const { store } = context;
  let given: Given | null = null;
  let dropped: JobId | null = null;

  function drop(): void {
    const { replay } = store.get();
    if ("job" in replay) dropped = replay.job;
    dropJob(context, replay);
  }

  /** Calls an engine that holds the bundle: another one than before is given it first, with its pictures. */
  function callHolding<T>(job: JobId, invoke: Call<T>): Promise<T> {
    const bundle = given;
    return context.call(async (api) => {
      if (!bundle || bundle.holder === api) return invoke(api);
      const { file, pictures } = bundle;
      const opened = await api.openBundle(job, file);
      if (!opened.ok) return opened;
      // Between two calls of a job the engine knows none by its name, and hears of no cancel.
      heed(job);
      if (pictures) {
        const unheard = callback<FileProgress>(() => undefined);
        const read = await api.readBundlePictures(job, pictures, unheard);
        if (!read.ok) return read;
        heed(job);
      }
      bundle.holder = api;
      return invoke(api);
    });
  }

  function heed(job: JobId): void {
    if (dropped === job) throw cancelled();
  }

  function read(job: JobId, summary: () => Promise<BundleSummary>): Promise<boolean> {
    return attempt(
      async () => {
        store.dispatch({ kind: "replay/opened", job, summary: await summary() });
      },
      (failure) => {
        store.dispatch({ kind: "replay/failed", job, failure });
      },
    );
  }

  return {
    openBundle: (file) => {
      drop();
      const job = context.newJob();
      const bundle: Given = { file, pictures: null, holder: null };
      given = bundle;
      store.dispatch({ kind: "replay/opening", job, name: file.name });
      return read(job, () =>
        context.call(async (api) => {
          const opened = await api.openBundle(job, file);
          if (opened.ok) bundle.holder = api;
          return opened;
        }),
      );
    },
    giveBundlePictures: (files) => {
      drop();
      const job = context.newJob();
      const listen = callback<FileProgress>(({ done }) => {
        store.dispatch({ kind: "replay/read", job, done });
      });
      store.dispatch({ kind: "replay/reading", job, total: files.length });
      const bundle = given;
      // Those that were given before are forgotten by the engine as well.
      if (bundle) bundle.pictures = null;
      return read(job, async () => {
        const summary = await callHolding(job, (api) => api.readBundlePictures(job, files, listen));
        if (bundle) bundle.pictures = files;
        return summary;
      });
    },
    replay: (networksOnly) => {
      const job = context.newJob();
      const listen = callback<JobProgress>((progress) => {
        store.dispatch({ kind: "replay/progress", job, progress });
      });
      store.dispatch({ kind: "replay/started", job });
      return attempt(
        async () => {
          const report = await callHolding(job, (api) => api.replay(job, { networksOnly }, listen));
          store.dispatch({ kind: "replay/compared", job, report });
        },
        (failure) => {
          store.dispatch({ kind: "replay/failed", job, failure });
        },
      );
    },
    cancelReplay: drop,
    closeBundle: () => {
      drop();
      given = null;
      store.dispatch({ kind: "replay/closed" });
      context.tell((api) => api.closeBundle());
    },
  };
}
