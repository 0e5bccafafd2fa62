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

  /** The handle of a job that waits or runs; undefined once it is over. */
  control(id: JobId): JobControl | undefined {
    return this.controls.get(id);
  }
}
