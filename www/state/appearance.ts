/** Languages of the page, by their BCP 47 tags, each with its own name for itself. */
export const LANGUAGES = [
  { tag: "en", name: "English" },
  { tag: "zh-CN", name: "简体中文" },
] as const;

/** One of them. */
export type Language = (typeof LANGUAGES)[number]["tag"];

/** Light and dark, or whichever the system asks for. */
export const THEMES = ["auto", "light", "dark"] as const;

/** One of them. */
export type Theme = (typeof THEMES)[number];

/** The language of a tag such as "zh-Hans-SG"; English for one that the page does not have. */
export function languageOf(tag: string): Language {
  return tag.toLowerCase().startsWith("zh") ? "zh-CN" : "en";
}

/** The theme of a word; the system's for one that is none. */
export function themeOf(word: string | null): Theme {
  return THEMES.find((theme) => theme === word) ?? "auto";
}
