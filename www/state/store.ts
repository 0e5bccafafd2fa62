import type { AppEvent } from "./events";
import { type AppState, INITIAL_STATE } from "./model";
import { reduce } from "./reduce";

/** Holds the state; the only place where it changes. */
export interface Store {
  get(): AppState;
  dispatch(event: AppEvent): void;
  /** Calls back after every change; returns how to stop that. */
  subscribe(listener: () => void): () => void;
}

/** Makes a store. */
export function createStore(initial: AppState = INITIAL_STATE): Store {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    dispatch(event) {
      const next = reduce(state, event);
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
