import type { ScoreConfig, ScoreReport, ScoringEvent } from "../protocol/contract";
import { EngineError, failure } from "../protocol/failure";
import { nextMacrotask } from "./macrotask";
import type { JobControl } from "./queue";

/** The part of a session that scoring needs. */
export interface ScoringSource {
  startScoring(config: ScoreConfig): void;
  nextScores(): Promise<ScoringEvent | undefined>;
  cancelScoring(): void;
}

/** Scores step by step, so that a cancel is heard between two steps and takes the score down in the engine, too. */
export async function pullScores(
  source: ScoringSource,
  config: ScoreConfig,
  control: JobControl,
): Promise<ScoreReport> {
  source.startScoring(config);
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
    await nextMacrotask();
  }
}
