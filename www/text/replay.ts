import type { Unlike } from "../protocol/contract";
import { tell, texts } from "./i18n";

/** Words of a reviewer's bundle. */
export const REPLAY = texts("replay");

/** How closely a replay is compared, and why. */
export function closenessText(unlike: readonly Unlike[]): string {
  if (unlike.length === 0) return REPLAY.same;
  return tell("replay.other", { how: unlike.map((how) => REPLAY.unlike[how]).join("; ") });
}
