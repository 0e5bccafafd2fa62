import type { JSX } from "preact";

import { type Language, LANGUAGES, type Theme, THEMES } from "../../state/appearance";
import type { AppState } from "../../state/model";
import { texts } from "../../text/i18n";
import { useActions, useSelect } from "../app-context";

const APPEARANCE = texts("appearance");

const selectLanguage = ({ language }: AppState): Language => language;
const selectTheme = ({ theme }: AppState): Theme => theme;

/** In which language the page speaks, and whether it is light or dark. */
export function Appearance(): JSX.Element {
  const actions = useActions();
  const language = useSelect(selectLanguage);
  const theme = useSelect(selectTheme);
  return (
    <div class="appearance">
      <select
        aria-label={APPEARANCE.language}
        data-testid="language"
        value={language}
        onChange={(event) => {
          const { value } = event.currentTarget;
          const chosen = LANGUAGES.find(({ tag }) => tag === value);
          if (chosen) void actions.chooseLanguage(chosen.tag);
        }}
      >
        {LANGUAGES.map(({ tag, name }) => (
          <option key={tag} value={tag} lang={tag}>
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label={APPEARANCE.theme}
        data-testid="theme"
        value={theme}
        onChange={(event) => {
          const { value } = event.currentTarget;
          const chosen = THEMES.find((offered) => offered === value);
          if (chosen) actions.chooseTheme(chosen);
        }}
      >
        {THEMES.map((offered) => (
          <option key={offered} value={offered}>
            {APPEARANCE.themes[offered]}
          </option>
        ))}
      </select>
    </div>
  );
}
