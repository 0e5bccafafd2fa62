import type { KeptRun } from "../state/lab";
import { tell, texts } from "./i18n";

/** The lab's words. */
export const LAB = texts("lab");

/** What a run is called: the name that it was given, or its number. */
export function runName({ id, name }: Pick<KeptRun, "id" | "name">): string {
  return name || tell("lab.unnamed", { id });
}
