/**
 * The hub that data sets may be fetched from: its name for people and where it lists its files. Null unless the page
 * was built for one, and then its Content-Security-Policy lets no request through to any hub either.
 */
export const HUB = typeof UNICAM_HUB === "undefined" ? null : UNICAM_HUB;

/** Whether a text may be the name of a data set, e.g. "uoft-cs/cifar10". */
export function isDatasetName(text: string): boolean {
  return /^[\w.-]+\/[\w.-]+$/.test(text);
}
