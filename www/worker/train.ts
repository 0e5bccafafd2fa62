import type { TrainingEvent } from "../protocol/contract";
import type { RunEvent } from "../protocol/messages";
import { nextMacrotask } from "./macrotask";
import type { JobControl } from "./queue";

/** The part of a session that the training loop needs. */
export interface TrainingSource {
  next(): Promise<TrainingEvent | undefined>;
  cancel(): void;
}

/** Tells the page. Waited for, because events and the job's result travel by different channels and could overtake. */
export type Post = (event: RunEvent) => Promise<void> | void;

/** Shortest time between two events that only move the progress bar, milliseconds. */
const STEP_EVENT_INTERVAL = 60;

/**
 * Pulls training events until the run is over and posts them. Pausing is not pulling; cancelling takes effect before
 * the next pull, so within one step. A run that fails or is cancelled is taken down in the engine too.
 */
export async function pullTraining(source: TrainingSource, control: JobControl, post: Post): Promise<void> {
  let lastPost = -Infinity;
  try {
    for (;;) {
      await waitWhilePaused(control, post);
      const event = await source.next();
      if (!event) return;
      const now = performance.now();
      if (event.kind !== "step" || now - lastPost >= STEP_EVENT_INTERVAL) {
        lastPost = now;
        await post(event);
      }
      await nextMacrotask();
    }
  } catch (reason) {
    takeDown(source);
    throw reason;
  }
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
