import i18next from "i18next";

import en from "../locales/en/index";
import type { Note } from "../protocol/contract";
import type { Language } from "../state/appearance";

/** The texts as they stand in English: what every other language has to have, too. */
type Texts = typeof en;

/** Paths to the sentences of a tree of texts, e.g. "story.steps.maps.title". */
type PathsOf<T, P extends string = ""> = T extends string
  ? P
  : { [K in keyof T & string]: PathsOf<T[K], P extends "" ? K : `${P}.${K}`> }[keyof T & string];

/** Names one sentence. */
export type TextKey = PathsOf<Texts>;

/** A part of the texts by its path. */
type PartOf<T, P extends string> = P extends `${infer K}.${infer Rest}`
  ? K extends keyof T
    ? PartOf<T[K], Rest>
    : never
  : P extends keyof T
    ? T[P]
    : never;

const translator = i18next.createInstance();
void translator.init({
  lng: "en",
  fallbackLng: "en",
  resources: { en: { translation: en } },
  nsSeparator: false,
  initAsync: false,
  // Preact escapes.
  interpolation: { escapeValue: false },
});

/** A sentence in the page's language; `values` stand in for its {{names}}. */
export function tell(key: TextKey, values: Record<string, string | number> = {}): string {
  return translator.t(key, values);
}

/** A note of the engine in the page's language; in the engine's own words, which are English, where that has no others. */
export function tellNote({ code, message, facts = [] }: Note): string {
  const key = `notes.${code}`;
  if (!translator.exists(key)) return message;
  return translator.t(key as TextKey, Object.fromEntries(facts.map(({ name, value }) => [name, value])));
}

/** What a failure is and what to do, where the page's language is not the one that failures speak, which is English. */
export function tellFailure(code: string): string | null {
  const key = `failures.${code}`;
  return translator.exists(key) ? translator.t(key as TextKey) : null;
}

/** A name that the program gives in English, a scene's class or a device, in the page's language. */
export function tellGiven(name: string): string {
  const key = `given.${name}`;
  return translator.exists(key) ? translator.t(key as TextKey) : name;
}

/** Parts of a label or of a list, with the commas of the page's language between them. */
export function listed(parts: readonly string[]): string {
  return parts.join(languageNow() === "en" ? ", " : "，");
}

/**
 * A part of the texts whose sentences are read when they are asked for, each time in the language of that moment. Take
 * sentences out of it where they are drawn, never at the top of a module.
 */
export function texts<P extends string>(path: P): PartOf<Texts, P> {
  const part = path.split(".").reduce<unknown>((whole, name) => (whole as Record<string, unknown>)[name], en);
  return lazily(part as object, path) as PartOf<Texts, P>;
}

function lazily(part: object, path: string): object {
  const made = {};
  for (const [name, value] of Object.entries(part)) {
    const own = `${path}.${name}`;
    if (typeof value === "string") {
      Object.defineProperty(made, name, { enumerable: true, get: () => translator.t(own as TextKey) });
    } else {
      Object.defineProperty(made, name, { enumerable: true, value: lazily(value as object, own) });
    }
  }
  return made;
}

/** The language that sentences are told in. */
export function languageNow(): Language {
  return translator.language as Language;
}

/** Fetches a language's texts, where they are not here yet, and tells everything in it from then on. */
export async function speak(language: Language): Promise<void> {
  if (language === "zh-CN" && !translator.hasResourceBundle(language, "translation")) {
    const { default: bundle } = await import(/* webpackChunkName: "zh-CN" */ "../locales/zh-CN/index");
    translator.addResourceBundle(language, "translation", bundle);
  }
  await translator.changeLanguage(language);
}
