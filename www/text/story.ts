import type { Verdict } from "../protocol/contract";
import type { SectionName } from "../state/sections";
import { tell, texts } from "./i18n";

/** The steps of the story, in order. */
export const STORY_STEPS = ["distillation", "networks", "distances", "removal", "maps", "scores"] as const;

/** One of them. */
export type StoryStep = (typeof STORY_STEPS)[number];

/** Where on the page each step can be seen. */
export const STORY_PLACES: Record<StoryStep, SectionName> = {
  distillation: "teacher",
  networks: "distil",
  distances: "scores",
  removal: "scores",
  maps: "look",
  scores: "scores",
};

/** Around the story. */
export const STORY = texts("story");

/** Words that explain themselves. */
export const TERMS = texts("terms");

/** One of them. */
export type TermName = Exclude<keyof typeof TERMS, "open">;

/** A stretch of a text: plain words, or a term with the words that stand for it. */
export type Stretch = { words: string } | { words: string; term: TermName };

/** A text with terms in it, written as `[words](term)`, in stretches. */
export function stretchesOf(text: string): Stretch[] {
  return text.split(/(\[[^\]]+\]\([a-z]+\))/).flatMap((part): Stretch[] => {
    const [, words, term] = /^\[([^\]]+)\]\(([a-z]+)\)$/.exec(part) ?? [];
    if (words && term && term in TERMS) return [{ words, term: term as TermName }];
    return part ? [{ words: part }] : [];
  });
}

/** What the evidence of a difference says. */
export function verdictText(verdict: Verdict): string {
  return tell(`story.verdicts.${verdict}`);
}
