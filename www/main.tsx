import { render } from "preact";

import { createActions } from "./client/actions";
import { followAddress } from "./client/address";
import { chosenBefore, wear } from "./client/appearance";
import { linkedRun } from "./state/linked-run";
import { INITIAL_STATE } from "./state/model";
import { createStore } from "./state/store";
import { deviceChoice } from "./state/url";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/controls.css";
import "./styles/results.css";
import "./styles/tables.css";
import "./styles/maps.css";
import "./styles/diagram.css";
import "./styles/glance.css";
import "./styles/story.css";
import "./styles/kept.css";
import "./styles/lab.css";
import "./styles/print.css";
import { speak } from "./text/i18n";
import { AppContext } from "./views/app-context";
import { SpokenPage } from "./views/page/page";

const { language, theme } = chosenBefore(location.search);
wear(theme, language);
// English is here at once; where another language cannot be had the page speaks English.
const spoken = speak(language).catch(() => undefined);
const store = createStore({
  ...INITIAL_STATE,
  language,
  theme,
  choice: deviceChoice(location.search),
  linked: linkedRun(location.hash),
});
const actions = createActions(store);
followAddress(store, actions.replace);
// Once the engine stands, so that both are not fetched at the same time.
void actions.start().then(() => actions.keepPage());
// In a task of its own, after the one that reads the program: both together would hold the thread too long.
setTimeout(() => {
  void spoken.then(() => {
    const root = document.getElementById("app");
    if (!root) return;
    render(
      <AppContext.Provider value={{ store, actions }}>
        <SpokenPage />
      </AppContext.Provider>,
      root,
    );
  });
});
