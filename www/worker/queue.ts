import { cancelled } from "../protocol/failure";
import type { JobId } from "../protocol/messages";

/** The handle by which a running job hears "pause", "resume" and "cancel". */
export class JobControl {
  private readonly abort = new AbortController();
  private gate: { opened: Promise<void>; open: () => void } | null = null;

  /** Whether the job has been asked to wait. */
  get paused(): boolean {
    return this.gate !== null;
  }

  /** Tells those who cannot wait for a checkpoint that the job was cancelled. */
  get signal(): AbortSignal {
    return this.abort.signal;
  }

  pause(): void {
    if (this.gate || this.signal.aborted) return;
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    this.gate = { opened, open };
  }

  resume(): void {
    this.gate?.open();
    this.gate = null;
  }

  cancel(): void {
    this.abort.abort(cancelled());
    this.resume();
  }

  /** Throws if the job was cancelled. */
  check(): void {
    this.signal.throwIfAborted();
  }

  /** Waits while the job is paused; throws if it was cancelled, also during the wait. */
  async checkpoint(): Promise<void> {
    while (this.gate) await this.gate.opened;
    this.check();
  }
}

/** Runs jobs one at a time in the order in which they came; a failed job does not stop those behind it. */
export class JobQueue {
  private tail: Promise<unknown> = Promise.resolve();
  /** the end of the queue after work that waits for quiet */
  private quiet: Promise<unknown> | null = null;
  private readonly controls = new Map<JobId, JobControl>();

  /** Queues a job; resolves or rejects with the job's own result. */
  run<T>(id: JobId, job: (control: JobControl) => Promise<T> | T): Promise<T> {
    const control = new JobControl();
    this.controls.set(id, control);
    const result = this.tail
      .then(() => {
        control.check();
        return job(control);
      })
      .finally(() => this.controls.delete(id));
    this.tail = result.catch(() => undefined);
    return result;
  }

  /**
   * Runs a piece of work that can wait: once no job has come for some milliseconds and none is left, or at once behind
   * another such piece. A job that comes meanwhile waits for this piece alone.
   */
  async runWhenQuiet<T>(ms: number, work: () => Promise<T> | T): Promise<T> {
    for (let seen: unknown = null; this.tail !== this.quiet && this.tail !== seen;) {
      seen = this.tail;
      await this.tail;
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
    const result = this.tail.then(work);
    this.tail = this.quiet = result.catch(() => undefined);
    return result;
  }

  /** The handle of a job that waits or runs; undefined once it is over. */
  control(id: JobId): JobControl | undefined {
    return this.controls.get(id);
  }
}
