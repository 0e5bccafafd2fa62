import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";

import type { Actions } from "../client/actions";
import type { AppState } from "../state/model";
import type { Settings } from "../state/settings";
import type { Store } from "../state/store";

/** What every view can reach: the state to show and the actions to ask for. */
export interface App {
  store: Store;
  actions: Actions;
}

/** Hands the app to the views. */
export const AppContext = createContext<App | null>(null);

/** The app around a view. */
export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error("a view stands outside of the app");
  return app;
}

/** The actions. */
export function useActions(): Actions {
  return useApp().actions;
}

/** A part of the state; the view is drawn anew when that part changes. `select` must always be the same function. */
export function useSelect<T extends object | string | number | boolean | null>(select: (state: AppState) => T): T {
  const { store } = useApp();
  const [value, setValue] = useState<T>(() => select(store.get()));
  useEffect(() => {
    const update = (): void => {
      setValue(() => select(store.get()));
    };
    update();
    return store.subscribe(update);
  }, [store, select]);
  return value;
}

const selectSettings = (state: AppState): Settings | null => state.settings;

/** The settings, or null before the engine has told its defaults. */
export function useSettings(): Settings | null {
  return useSelect(selectSettings);
}
