import type { Spread } from "../../pkg/unicam.js";
import type { SpreadConfig } from "../protocol/contract";
import type { JobProgress, SpreadData } from "../protocol/messages";
import { nextMacrotask } from "./macrotask";
import { ProgressTeller } from "./progress";
import type { JobControl } from "./queue";

/** The part of a session that a spread needs. */
export interface SpreadSource {
  startSpread(config: SpreadConfig): void;
  advanceSpread(): Promise<{ done: number; total: number }>;
  finishSpread(): Promise<Spread>;
  cancelSpread(): void;
}

/**
 * Draws batch by batch and tells how far it is, so that a cancel is heard between two batches and takes the spread down
 * in the engine, too; at last reads the maps out and frees the engine's copy.
 */
export async function pullSpread(
  source: SpreadSource,
  config: SpreadConfig,
  control: JobControl,
  post: (progress: JobProgress) => Promise<void> | void,
): Promise<SpreadData> {
  source.startSpread(config);
  const teller = new ProgressTeller(post);
  for (let isDrawn = false; !isDrawn;) {
    try {
      await control.checkpoint();
    } catch (reason) {
      source.cancelSpread();
      throw reason;
    }
    const { done, total } = await source.advanceSpread();
    await teller.tell(config.map, done, total);
    isDrawn = done >= total;
    await nextMacrotask();
  }
  const found = await source.finishSpread();
  try {
    return { report: found.report(), mean: found.mean(), deviation: found.deviation() };
  } finally {
    found.free();
  }
}
