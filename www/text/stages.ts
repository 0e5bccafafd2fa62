import { tell, type TextKey, texts } from "./i18n";
import { MAPS } from "./maps";

const STAGES = texts("scores.stages");
const REPLAYED = texts("replay.stages");

/** What a long job is doing, by the engine's word for it. */
export function stageName(stage: string): string {
  if (stage in REPLAYED) return REPLAYED[stage as keyof typeof REPLAYED];
  if (stage in MAPS) return tell("scores.stages.maps", { name: MAPS[stage as keyof typeof MAPS].name });
  return stage in STAGES ? tell(`scores.stages.${stage}` as TextKey) : stage;
}
