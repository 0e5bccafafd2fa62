// Keeps the page's own files, so that it is there without network. Nothing else is ever kept: neither the hub's answers nor
// anything of the visitor's.

import { cleanupOutdatedCaches, precacheAndRoute, type PrecacheEntry } from "workbox-precaching";
import { registerRoute } from "workbox-routing";
import { CacheFirst } from "workbox-strategies";

import { keptIn } from "../protocol/kept";

declare const self: ServiceWorkerGlobalScope & { PRECACHE_FILES: PrecacheEntry[]; FETCHED_WHEN_WANTED: string[] };

/** Where the page lies. */
const FOLDER = new URL(".", self.location.href);
const KEPT = keptIn(FOLDER);
/** What only some visitors need, some megabytes: kept from the first time on that it is wanted. */
const forSome = new Set(self.FETCHED_WHEN_WANTED.map((name) => new URL(name, FOLDER).href));

// The settings in an address choose no other file.
precacheAndRoute(self.PRECACHE_FILES, { ignoreURLParametersMatching: [/./] });
cleanupOutdatedCaches();
registerRoute(({ url }) => forSome.has(url.href), new CacheFirst({ cacheName: KEPT }));
self.addEventListener("activate", (event) => {
  event.waitUntil(forgetFormer());
});

/** Drops what another version of the page has left. */
async function forgetFormer(): Promise<void> {
  const cache = await caches.open(KEPT);
  const former = (await cache.keys()).filter(({ url }) => !forSome.has(url));
  await Promise.all(former.map((request) => cache.delete(request)));
}

// A newer version waits until the visitor asks for it: it never takes over a page at work.
self.addEventListener("message", ({ data }: ExtendableMessageEvent) => {
  if ((data as { type?: string } | null)?.type === "SKIP_WAITING") void self.skipWaiting();
});
