import type { Workbox } from "workbox-window";

import type { Context } from "./context";
import { fetchPart } from "./parts";

export interface OfflineActions {
  /** Lets the browser keep the page's own files, so that it is there without network, and listens for a newer version. */
  keepPage(): Promise<void>;
  /** Goes on with the newer version: the page is loaded anew, and what it holds is lost. */
  takeUpdate(): void;
}

/** What registers the service worker: no visitor waits for it. */
const loadWorkbox = (): Promise<{ Workbox: typeof Workbox }> =>
  import(/* webpackChunkName: "offline" */ "workbox-window");

/** The service worker, as far as the page has to do with it. */
export function offlineActions({ store }: Pick<Context, "store">, load = loadWorkbox): OfflineActions {
  let keeper: Workbox | null = null;
  let isAsked = false;
  // Another tab may take the newer version first; this one is still made of the former files.
  let [isTaken, isBehind] = [false, false];
  return {
    async keepPage() {
      // Not in every private window, and never without https.
      if (isAsked || !("serviceWorker" in navigator)) return;
      isAsked = true;
      const part = await fetchPart(store, load);
      if (!part) return;
      try {
        keeper = new part.Workbox("service-worker.js");
        keeper.addEventListener("waiting", () => {
          store.dispatch({ kind: "update/waiting" });
        });
        keeper.addEventListener("controlling", () => {
          isBehind = true;
          if (isTaken) location.reload();
          else store.dispatch({ kind: "update/waiting" });
        });
        await keeper.register();
      } catch (reason) {
        // The page works all the same, with a network.
        console.warn("The page cannot be kept for a visit without network", reason);
      }
    },
    takeUpdate() {
      isTaken = true;
      if (isBehind) location.reload();
      else keeper?.messageSkipWaiting();
    },
  };
}
