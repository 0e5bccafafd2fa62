import type { BundleSummary } from "../protocol/contract";
import { isArchive } from "../protocol/limits";
import type { FileProgress, JobProgress, NamedFile } from "../protocol/messages";
import { attempt, type Context, dropJob } from "./context";
import { callback } from "./engine-client";

/** Name of the file that every bundle has. */
const MANIFEST = "bundle.json";
/** Bytes at either end of a zip in which its first names, or its directory, stand. */
const LOOKED_AT = 1 << 18;

/** A reviewer's bundle: read, given its pictures, computed again. */
export interface ReplayActions {
  openBundle(file: File): Promise<boolean>;
  /** The files that its pictures were collected from. */
  giveBundlePictures(files: NamedFile[]): Promise<boolean>;
  /** Computes it again; with `networksOnly` nothing is trained. */
  replay(networksOnly: boolean): Promise<boolean>;
  cancelReplay(): void;
  closeBundle(): void;
}

/** Makes the replay actions. */
export function replayActions(context: Context): ReplayActions {
  const { store } = context;

  function read(job: number, summary: () => Promise<BundleSummary>): Promise<boolean> {
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
      dropJob(context, store.get().replay);
      const job = context.newJob();
      store.dispatch({ kind: "replay/opening", job, name: file.name });
      return read(job, () => context.call((api) => api.openBundle(job, file)));
    },
    giveBundlePictures: (files) => {
      dropJob(context, store.get().replay);
      const job = context.newJob();
      const listen = callback<FileProgress>(({ done }) => {
        store.dispatch({ kind: "replay/read", job, done });
      });
      store.dispatch({ kind: "replay/reading", job, total: files.length });
      return read(job, () => context.call((api) => api.readBundlePictures(job, files, listen)));
    },
    replay: (networksOnly) => {
      const job = context.newJob();
      const listen = callback<JobProgress>((progress) => {
        store.dispatch({ kind: "replay/progress", job, progress });
      });
      store.dispatch({ kind: "replay/started", job });
      return attempt(
        async () => {
          const report = await context.call((api) => api.replay(job, { networksOnly }, listen));
          store.dispatch({ kind: "replay/compared", job, report });
        },
        (failure) => {
          store.dispatch({ kind: "replay/failed", job, failure });
        },
      );
    },
    cancelReplay: () => {
      dropJob(context, store.get().replay);
    },
    closeBundle: () => {
      dropJob(context, store.get().replay);
      store.dispatch({ kind: "replay/closed" });
      context.tell((api) => api.closeBundle());
    },
  };
}

/** Whether a file is a bundle and no archive of pictures, as far as its two ends tell. */
export async function isBundle(file: File): Promise<boolean> {
  if (!isArchive(file.name)) return false;
  const [head, tail] = [file.slice(0, LOOKED_AT), file.slice(Math.max(0, file.size - LOOKED_AT))];
  try {
    const texts = await Promise.all([head, tail].map(async (part) => decode(await part.arrayBuffer())));
    return texts[0]?.startsWith("PK") === true && texts.some((text) => text.includes(MANIFEST));
  } catch {
    return false; // a file that cannot be read is told as one of the pictures
  }
}

function decode(bytes: ArrayBuffer): string {
  return new TextDecoder("latin1").decode(bytes);
}
