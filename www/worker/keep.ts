import { keptIn } from "../protocol/kept";

/**
 * Keeps a file that only some visitors need for a visit without network: what is asked for through the service worker it
 * keeps by itself, but a first visit comes before it.
 */
export async function keep(url: URL, response: Response): Promise<void> {
  try {
    // Not without https, and not in every private window. Such files lie in a folder of the page's own.
    const cache = await caches.open(keptIn(new URL("..", url)));
    if (await cache.match(url)) await response.body?.cancel();
    else await cache.put(url, response);
  } catch {
    // The page works all the same, with a network.
  }
}
