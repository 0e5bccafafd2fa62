import type { Workbox } from "workbox-window";

import type { Context } from "./context";

export interface OfflineActions {
  /** Lets the browser keep the page's own files, so that it is there without network, and listens for a newer version. */
  keepPage(): Promise<void>;
  /** Goes on with the newer version: the page is loaded anew, and what it holds is lost. */
  takeUpdate(): void;
}

/** The service worker, as far as the page has to do with it. */
export function offlineActions({ store }: Context): OfflineActions {
  let keeper: Workbox | null = null;
  let isAsked = false;
  return {
    async keepPage() {
      // Not in every private window, and never without https.
      if (isAsked || !("serviceWorker" in navigator)) return;
      isAsked = true;
      try {
        // No visitor waits for it.
        const { Workbox } = await import(/* webpackChunkName: "offline" */ "workbox-window");
        keeper = new Workbox("service-worker.js");
        keeper.addEventListener("waiting", () => {
          store.dispatch({ kind: "update/waiting" });
        });
        await keeper.register();
      } catch (reason) {
        // The page works all the same, with a network.
        console.warn("The page cannot be kept for a visit without network", reason);
      }
    },
    takeUpdate() {
      keeper?.addEventListener("controlling", () => {
        location.reload();
      });
      keeper?.messageSkipWaiting();
    },
  };
}
