import type { JobProgress } from "../protocol/messages";

/** Shortest time between two posts of one stage, milliseconds. */
const POST_INTERVAL = 60;

/** Tells the page how far a long job has come, and how long what it is doing will still take at the pace so far. */
export class ProgressTeller {
  private told = { stage: "", at: -Infinity };
  private begun = { done: 0, total: NaN, at: 0 };
  private done = 0;

  constructor(
    private readonly post: (progress: JobProgress) => Promise<void> | void,
    private readonly now = (): number => performance.now(),
  ) {}

  /** Something was done, out of a total; when the total changes or the count falls, something else has begun. */
  async tell(stage: string, done: number, total: number): Promise<void> {
    const at = this.now();
    if (total !== this.begun.total || done < this.done) this.begun = { done, total, at };
    this.done = done;
    if (stage === this.told.stage && at - this.told.at < POST_INTERVAL) return;
    this.told = { stage, at };
    const made = done - this.begun.done;
    const secondsLeft = made > 0 ? (((at - this.begun.at) / 1000) * (total - done)) / made : null;
    await this.post({ stage, done, total, secondsLeft });
  }
}
