/**
 * Name of the browser's cache of files that only some visitors need: the worker fills it, the service worker reads it.
 * `folder` is the address of the folder that the page lies in, since several pages may share an origin.
 */
export function keptIn(folder: URL): string {
  return `unicam-fetched-when-wanted-${folder.href}`;
}
