import type { Picture, Timeline, TimelinePoint, TrainingEvent } from "../protocol/contract";
import type { RunEvent } from "../protocol/messages";
import { nextMacrotask } from "./macrotask";
import type { JobControl } from "./queue";

/** The part of a session that the training loop needs. */
export interface TrainingSource {
  next(): Promise<TrainingEvent | undefined>;
  cancel(): void;
}

/** The part of a session that can say how a run stands. */
export interface KeptSource {
  checkpoint(): Promise<Uint8Array>;
}

/** The part of a session that knows what was seen on the way; a session that watches nothing gives nothing. */
export interface WatchedSource {
  takePoint(): TimelinePoint | undefined;
  timeline(): Timeline | undefined;
  picture(split: "test", index: number): Picture;
}

/** Tells the page. Waited for, because events and the job's result travel by different channels and could overtake. */
export type Post = (event: RunEvent) => Promise<void> | void;

/** Times as long as a run was kept that it then runs on, so that keeping costs a twentieth at most. */
const KEPT_SHARE = 20;

/** Shortest time between two events that only move the progress bar, milliseconds. */
const STEP_EVENT_INTERVAL = 60;

/**
 * Pulls training events until the run is over and posts them. Pausing is not pulling; cancelling takes effect before
 * the next pull, so within one step. A run that fails or is cancelled is taken down in the engine too.
 */
export async function pullTraining(
  source: TrainingSource & Partial<WatchedSource & KeptSource>,
  control: JobControl,
  post: Post,
  keepEvery = Infinity,
): Promise<void> {
  let lastPost = -Infinity;
  let isWatching = false;
  const keeping = new Keeping(source, post, keepEvery * 1000);
  try {
    for (;;) {
      if (control.paused) await keeping.keep();
      await waitWhilePaused(control, post);
      const event = await source.next();
      const point = source.takePoint?.();
      if (point) {
        if (!isWatching) await postWatched(source, post);
        isWatching = true;
        await post({ kind: "point", point });
      }
      if (!event) {
        const seen = isWatching ? source.timeline?.() : undefined;
        if (seen) await post({ kind: "watched", seconds: seen.seconds, trainingSeconds: seen.trainingSeconds });
        return;
      }
      const now = performance.now();
      if (event.kind !== "step" || now - lastPost >= STEP_EVENT_INTERVAL) {
        lastPost = now;
        await post(event);
      }
      await keeping.noteEvent(event);
      await nextMacrotask();
    }
  } catch (reason) {
    takeDown(source);
    throw reason;
  }
}

/** Keeps a run now and then, and tells the page how it stands. */
class Keeping {
  private step: number | null = null;
  private next = 0;

  constructor(
    private readonly source: Partial<KeptSource>,
    private readonly post: Post,
    private readonly interval: number,
  ) {
    this.next = performance.now() + interval;
  }

  async noteEvent(event: TrainingEvent): Promise<void> {
    // Before a link's first event there is nothing that its announcement would not tell again.
    this.step = "step" in event && event.kind !== "finished" ? event.step : null;
    if (performance.now() >= this.next) await this.keep();
  }

  async keep(): Promise<void> {
    const { step, source } = this;
    if (step === null || !source.checkpoint || this.interval === Infinity) return;
    this.step = null;
    const begun = performance.now();
    const bytes = await source.checkpoint();
    // As a file: the page neither copies it nor holds it in its own memory.
    await this.post({ kind: "kept", step, checkpoint: new Blob([bytes as Uint8Array<ArrayBuffer>]) });
    const ended = performance.now();
    this.next = ended + Math.max(this.interval, KEPT_SHARE * (ended - begun));
  }
}

/** What the points that follow are about, with the pictures that they show. */
async function postWatched(source: Partial<WatchedSource>, post: Post): Promise<void> {
  const timeline = source.timeline?.();
  if (!timeline) return;
  const pictures = timeline.pictures.flatMap(({ index }) => source.picture?.("test", index) ?? []);
  await post({ kind: "watching", timeline: { ...timeline, points: [] }, pictures });
}

async function waitWhilePaused(control: JobControl, post: Post): Promise<void> {
  if (!control.paused) return control.check();
  await post({ kind: "paused" });
  await control.checkpoint();
  await post({ kind: "resumed" });
}

/** Cancels in the engine; the reason for doing so matters more than a second failure on the way. */
function takeDown(source: TrainingSource): void {
  try {
    source.cancel();
  } catch {
    // the engine is gone already: the first failure says why
  }
}
