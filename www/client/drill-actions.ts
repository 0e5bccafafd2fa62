import type { Store } from "../state/store";
import type { Actions } from "./actions";
import type { Context } from "./context";
import { fetchPart } from "./parts";

/** Losing the device on purpose. */
export interface DrillActions {
  /** Trains a Student undisturbed and another one whose device is lost again and again, and compares them. */
  drill(): Promise<boolean>;
}

/** How to make the drill an engine of its own: what the visitor has made is not touched. */
export type OpenAside = (store: Store) => Actions;

/** Makes the drill action; the program behind it is fetched when it is wanted. */
export function drillActions({ store }: Context, openAside: OpenAside): DrillActions {
  return {
    drill: async () => {
      const part = await fetchPart(store, () => import(/* webpackChunkName: "drilling" */ "./drilling"));
      return part !== null && part.drilling(store, openAside);
    },
  };
}
