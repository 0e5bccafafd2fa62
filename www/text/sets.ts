import type { DataState } from "../state/model";
import { languageNow, tellGiven, texts } from "./i18n";

/** The known data sets. */
export const SETS = texts("sets");

/** A class's folder as words: "Potato___Early_blight" as "Potato Early blight". */
export function classWords(folder: string): string {
  return folder.replace(/_+/g, " ");
}

/** The same of a class of a known set, whose folder the program names. */
export function setClassWords(name: string): string {
  return classWords(tellGiven(name));
}

/** Classes in another language than English, each list made once: views are drawn anew for a new list. */
const inOther = new WeakMap<string[], string[]>();

/** What the classes are called on the page: those of the scenes in its language, those of given pictures as they were named. */
export function shownClasses({ source, report: { classNames } }: Extract<DataState, { phase: "ready" }>): string[] {
  if (source !== "scenes" || languageNow() === "en") return classNames;
  const shown = inOther.get(classNames) ?? classNames.map(tellGiven);
  inOther.set(classNames, shown);
  return shown;
}
