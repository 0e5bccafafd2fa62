import type { ScoreConfig, ScoreReport, ScoringEvent } from "../protocol/contract";
import { EngineError, failure } from "../protocol/failure";
import type { JobProgress } from "../protocol/messages";
import { nextMacrotask } from "./macrotask";
import type { JobControl } from "./queue";

/** The part of a session that scoring needs. */
export interface ScoringSource {
  startScoring(config: ScoreConfig): void;
  nextScores(): Promise<ScoringEvent | undefined>;
  cancelScoring(): void;
}

/** Shortest time between two posts of one stage, milliseconds. */
const POST_INTERVAL = 60;

/**
 * Scores step by step and tells how far it is, so that a cancel is heard between two steps and takes the score down in
 * the engine, too.
 */
export async function pullScores(
  source: ScoringSource,
  config: ScoreConfig,
  control: JobControl,
  post: (progress: JobProgress) => Promise<void> | void,
): Promise<ScoreReport> {
  source.startScoring(config);
  let [told, lastPost] = ["", -Infinity];
  for (;;) {
    try {
      await control.checkpoint();
    } catch (reason) {
      source.cancelScoring();
      throw reason;
    }
    const event = await source.nextScores();
    if (!event) throw new EngineError(failure("unexpected", "The scores ended without a result."));
    if (event.kind === "finished") return event.report;
    const { stage, done, total } = event;
    const now = performance.now();
    if (stage !== told || now - lastPost >= POST_INTERVAL) {
      [told, lastPost] = [stage, now];
      await post({ stage, done, total });
    }
    await nextMacrotask();
  }
}
