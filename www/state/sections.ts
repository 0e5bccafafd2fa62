/** The sections of the page, top to bottom, by the names that anchors and the stepper use. */
export const SECTION_NAMES = ["data", "teacher", "distil", "look", "scores", "checks", "lab"] as const;

/** One of them. */
export type SectionName = (typeof SECTION_NAMES)[number];
