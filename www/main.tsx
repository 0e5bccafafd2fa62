import { render } from "preact";

import { createActions } from "./client/actions";
import { followAddress } from "./client/address";
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
import { AppContext } from "./views/app-context";
import { Page } from "./views/page/page";

const store = createStore({ ...INITIAL_STATE, choice: deviceChoice(location.search) });
const actions = createActions(store);
followAddress(store, actions.replace);
void actions.start();
// In a task of its own, after the one that reads the program: both together would hold the thread too long.
setTimeout(() => {
  const root = document.getElementById("app");
  if (!root) return;
  render(
    <AppContext.Provider value={{ store, actions }}>
      <Page />
    </AppContext.Provider>,
    root,
  );
});
