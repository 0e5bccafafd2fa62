import type { SectionName } from "../state/sections";
import { SECTION_NAMES } from "../state/sections";
import { texts } from "./i18n";

/** Words that stand in many places. */
export const WORDS = texts("words");

/** Head of the page. */
export const HEAD = texts("page.head");

const SECTION_TEXTS = texts("page.sections");

/** Name, short and long, and lead of each section, in the order of the page. */
export const SECTIONS: readonly { name: SectionName; text: (typeof SECTION_TEXTS)[SectionName] }[] = SECTION_NAMES.map(
  (name) => ({ name, text: SECTION_TEXTS[name] }),
);

/** The way through the page. */
export const STEPPER = { statuses: texts("page.statuses") };

/** The built-in scenes and their dial. */
export const SCENES = texts("page.scenes");

/** The user's own pictures. */
export const OWN = texts("page.own");

/** A newer version of the page. */
export const UPDATE = texts("page.update");

/** The Teacher: shipped, from a file, or trained here. */
export const TEACHER = texts("page.teacher");

/** Distilling, or looking at what was distilled before. */
export const DISTIL = texts("page.distil");

/** A run under way. */
export const RUN = texts("page.run");

/** What can be taken along. */
export const EXPORTS = texts("page.exports");
