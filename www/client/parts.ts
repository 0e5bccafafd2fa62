import { type Failure, toFailure } from "../protocol/failure";
import type { Store } from "../state/store";
import type { Context } from "./context";

/** Parts of the page's own program that are fetched when they are wanted for the first time. */
export interface PartActions {
  /** Fetches one; null where it cannot be had, of which the page tells. */
  fetchPart<T>(load: () => Promise<T>): Promise<T | null>;
  /** Saves a figure, as pixels or as vectors; why that failed, or null. */
  saveFigure(root: HTMLElement, name: string, form: "png" | "svg"): Promise<Failure | null>;
}

/** Makes the actions on parts. */
export function partActions({ store }: Pick<Context, "store">): PartActions {
  return {
    fetchPart: (load) => fetchPart(store, load),
    saveFigure: async (root, name, form) => {
      const part = await fetchPart(store, () => import(/* webpackChunkName: "figure" */ "./figure"));
      try {
        if (form === "png") await part?.saveAsPng(root, name);
        else part?.saveAsSvg(root, name);
        return null;
      } catch (reason) {
        return toFailure(reason);
      }
    },
  };
}

/** Fetches a part; a page that was renewed on its host has no longer the parts of the former one. */
export async function fetchPart<T>({ dispatch }: Store, load: () => Promise<T>): Promise<T | null> {
  try {
    return await load();
  } catch (reason) {
    console.warn("A part of the page cannot be fetched", reason);
    dispatch({ kind: "part/missing" });
    return null;
  }
}
