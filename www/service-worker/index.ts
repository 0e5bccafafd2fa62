// Keeps the page's own files, so that it is there without network. Nothing else is ever kept: neither the hub's answers nor
// anything of the visitor's.

import { cleanupOutdatedCaches, precacheAndRoute, type PrecacheEntry } from "workbox-precaching";

declare const self: ServiceWorkerGlobalScope & { PRECACHE_FILES: PrecacheEntry[] };

// The settings in an address choose no other file.
precacheAndRoute(self.PRECACHE_FILES, { ignoreURLParametersMatching: [/./] });
cleanupOutdatedCaches();

// A newer version waits until the visitor asks for it: it never takes over a page at work.
self.addEventListener("message", ({ data }: ExtendableMessageEvent) => {
  if ((data as { type?: string } | null)?.type === "SKIP_WAITING") void self.skipWaiting();
});
