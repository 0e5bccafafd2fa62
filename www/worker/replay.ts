import type { PictureFile, Replay, Session } from "../../pkg/unicam.js";
import type { BundleSummary, ReplayOptions, ReplayReport } from "../protocol/contract";
import { EngineError, failure, PAGE_CODES } from "../protocol/failure";
import { MAX_ARCHIVE_BYTES } from "../protocol/limits";
import type { FileProgress, JobProgress, NamedFile } from "../protocol/messages";
import { readFiles } from "./images";
import { ProgressTeller } from "./progress";
import { pull } from "./pull";
import type { JobControl } from "./queue";

/** Tells the page how far it is. */
type Post<T> = (progress: T) => Promise<void> | void;

/** The bundle that is open, and the session of its own that it is computed again in. */
export class ReplayWork {
  private replay: Replay | null = null;

  /** Reads a bundle in place of the one that was open. */
  async open(session: Pick<Session, "openReplay">, file: File): Promise<BundleSummary> {
    if (file.size > MAX_ARCHIVE_BYTES) {
      const sentence = `The bundle has ${String(Math.round(file.size / 2 ** 20))} MB, over the limit of 512 MB. Replay it with the command line: unicam replay.`;
      throw new EngineError(failure(PAGE_CODES.fileTooLarge, sentence));
    }
    const replay = session.openReplay(new Uint8Array(await file.arrayBuffer()));
    this.close()?.free();
    this.replay = replay;
    return replay.summary();
  }

  /** Takes the files of the bundle's pictures, which go into the `shelf` where there is one; refuses others. */
  async readPictures(
    files: NamedFile[],
    shelf: PictureFile | undefined,
    control: JobControl,
    post: Post<FileProgress>,
  ): Promise<BundleSummary> {
    const replay = this.opened();
    replay.beginImages(shelf);
    await readFiles(files, replay, control, post);
    replay.finishImages();
    return replay.summary();
  }

  /** Computes it again, and lets go of what is under way when it is cancelled. */
  run(options: ReplayOptions, control: JobControl, post: Post<JobProgress>): Promise<ReplayReport> {
    const replay = this.opened();
    replay.start(options);
    const teller = new ProgressTeller(post);
    const step = async (): Promise<ReplayReport | undefined> => {
      const event = await replay.next();
      if (!event) throw new EngineError(failure("unexpected", "The replay ended without a result."));
      if (event.kind === "finished") return event.report;
      await teller.tell(event.stage, event.done, event.total);
      return undefined;
    };
    // Nothing to take down: the next start begins anew.
    return pull(control, step, () => undefined);
  }

  /** Forgets the bundle, which is the caller's to free: not while a job works with it. */
  close(): Pick<Replay, "free"> | null {
    const { replay } = this;
    this.replay = null;
    return replay;
  }

  private opened(): Replay {
    if (!this.replay) throw new EngineError(failure("not-ready", "Open a bundle first."));
    return this.replay;
  }
}
