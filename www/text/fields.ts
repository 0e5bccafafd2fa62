import type { ClassMethod, Loss } from "../protocol/contract";
import { tell, type TextKey, texts } from "./i18n";

const FIELDS = texts("fields");

/** What the words of a choice are called in forms. */
const CHOICES = texts("choices");

/** Label and hint for a setting's key in the address, also for one of the Teacher's, which share those of the Student. */
export function fieldText(key: string): { label: string; hint?: string } {
  const own = key.replace(/^teacher-/, "");
  return own in FIELDS ? FIELDS[own as keyof typeof FIELDS] : { label: key };
}

/** What a word of a choice is called in forms. */
export function choiceText(choice: string): string {
  const found = choice in CHOICES ? CHOICES[choice as keyof typeof CHOICES] : choice;
  return typeof found === "string" ? found : choice;
}

/** Name of a loss by its kind. */
export function lossKindName(kind: Loss["kind"]): string {
  return tell(`choices.losses.${kind}`);
}

/** Name of a loss as a report tells it: its kind, numbered where there are several of one. */
export function lossName(reported: string): string {
  const [kind = reported, number = ""] = reported.split(" ");
  const name = kind in CHOICES.losses ? tell(`choices.losses.${kind}` as TextKey) : kind;
  return number === "" ? name : `${name} (${number})`;
}

/** What a layer is called in a sentence, by its name in reports: the number that its tab has, too. */
export function layerText(reported: string): string {
  const [, number] = /^layer(\d+)$/.exec(reported) ?? [];
  return number ? tell("words.layer", { number }) : reported;
}

/** Name of a layer, counted from 0 and the shallowest, among so many. */
export function layerName(layer: string, at: number, count: number): string {
  if (at === 0) return tell("maps.layers.fine");
  if (at === count - 1) return tell("maps.layers.deep", { count });
  return count === 3 ? tell("maps.layers.middle") : layer.replace("layer", "");
}

/** Names of the ways to make class maps. */
export const METHODS: Record<ClassMethod, string> = texts("maps.methods");

/** Names and meanings of what of a map is drawn. */
export const SIGNS = texts("maps.signs");

/** Names and meanings of where the colours of a map end. */
export const SCALES = texts("maps.scales");

/** Names and meanings of the objectives of a map. */
export const OBJECTIVES = texts("maps.objectives");
