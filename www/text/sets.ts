import { texts } from "./i18n";

/** The known data sets. */
export const SETS = texts("sets");

/** A class's folder as words: "Potato___Early_blight" as "Potato Early blight". */
export function classWords(folder: string): string {
  return folder.replace(/_+/g, " ");
}
