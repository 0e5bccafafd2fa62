import { MAPS } from "./maps";

/** What a long job is doing, by the engine's word for it. */
export function stageName(stage: string): string {
  return stage in MAPS ? `the ${MAPS[stage as keyof typeof MAPS].name} maps` : stage;
}
