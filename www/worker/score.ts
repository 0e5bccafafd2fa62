import type { ScoreConfig, ScoreReport, ScoringEvent } from "../protocol/contract";
import { EngineError, failure } from "../protocol/failure";
import type { JobProgress } from "../protocol/messages";
import { ProgressTeller } from "./progress";
import { pull } from "./pull";
import type { JobControl } from "./queue";

/** The part of a session that scoring needs. */
export interface ScoringSource {
  startScoring(config: ScoreConfig): void;
  nextScores(): Promise<ScoringEvent | undefined>;
  cancelScoring(): void;
}

/** Scores step by step and tells how far it is. */
export async function pullScores(
  source: ScoringSource,
  config: ScoreConfig,
  control: JobControl,
  post: (progress: JobProgress) => Promise<void> | void,
): Promise<ScoreReport> {
  source.startScoring(config);
  const teller = new ProgressTeller(post);
  const step = async (): Promise<ScoreReport | undefined> => {
    const event = await source.nextScores();
    if (!event) throw new EngineError(failure("unexpected", "The scores ended without a result."));
    if (event.kind === "finished") return event.report;
    await teller.tell(event.stage, event.done, event.total);
    return undefined;
  };
  return pull(control, step, () => {
    source.cancelScoring();
  });
}
