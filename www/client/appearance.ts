import { type Language, languageOf, type Theme, themeOf } from "../state/appearance";
import type { Store } from "../state/store";
import { attempt } from "./context";
import { speak } from "../text/i18n";

/** Names in the browser's own storage, which no one but this page reads. */
const KEPT = { language: "unicam-language", theme: "unicam-theme" } as const;

/** How the page looks and in which language it speaks. */
export interface AppearanceActions {
  chooseLanguage(language: Language): Promise<boolean>;
  chooseTheme(theme: Theme): void;
}

/** Makes the appearance actions. */
export function appearanceActions({ store }: { store: Store }): AppearanceActions {
  return {
    chooseLanguage: (language) =>
      attempt(
        async () => {
          await speak(language);
          keep(KEPT.language, language);
          wear(store.get().theme, language);
          store.dispatch({ kind: "language/chosen", language });
        },
        () => {
          store.dispatch({ kind: "part/missing" });
        },
      ),
    chooseTheme: (theme) => {
      keep(KEPT.theme, theme);
      wear(theme, store.get().language);
      store.dispatch({ kind: "theme/chosen", theme });
    },
  };
}

/** What was chosen before, in the address (`?language=zh-CN`) or on this device; else what browser and system ask for. */
export function chosenBefore(search: string): { language: Language; theme: Theme } {
  const asked = new URLSearchParams(search).get("language") ?? kept(KEPT.language) ?? navigator.language;
  return { language: languageOf(asked), theme: themeOf(kept(KEPT.theme)) };
}

/** Puts language and theme on the document, where styles and screen readers look for them. */
export function wear(theme: Theme, language: Language): void {
  const { documentElement: root } = document;
  root.lang = language;
  if (theme === "auto") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
}

/** A browser may forbid its storage; then the choice lasts as long as the page. */
function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // nothing is lost but the memory of it
  }
}

function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
