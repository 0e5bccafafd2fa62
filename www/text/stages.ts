import type { ScoringEvent } from "../protocol/contract";
import { MAPS } from "./maps";

/** What scoring is doing. */
const SCORING: Record<Extract<ScoringEvent, { kind: "progress" }>["stage"], string> = {
  prototypes: "the Teacher's class means",
  distances: "features and their distances",
  draws: "permutations and resamples",
};

/** What a long job is doing, by the engine's word for it. */
export function stageName(stage: string): string {
  if (stage in SCORING) return SCORING[stage as keyof typeof SCORING];
  return stage in MAPS ? `the ${MAPS[stage as keyof typeof MAPS].name} maps` : stage;
}
