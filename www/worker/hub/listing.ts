import { ask, unreachable } from "./range-file";

/** Where the Hugging Face hub lists the Parquet files of a data set. */
export const HUB = "https://datasets-server.huggingface.co";

/** One Parquet file of a data set. */
export interface HubFile {
  /** "train", "test" or what the data set calls its part */
  split: string;
  url: string;
  /** bytes */
  size: number;
}

/**
 * The Parquet files of a data set such as "uoft-cs/cifar10": those of its first configuration, in the hub's order.
 *
 * Fails with `hub-unreachable` if the hub does not answer, knows no such data set or sends something else.
 */
export async function listFiles(dataset: string, signal: AbortSignal, hub = HUB): Promise<HubFile[]> {
  const response = await ask(`${hub}/parquet?dataset=${encodeURIComponent(dataset)}`, 200, signal);
  const files = readListing(await response.json().catch(() => null));
  if (files.length === 0) throw unreachable(`it lists no Parquet files of "${dataset}"`);
  return files;
}

function readListing(listing: unknown): HubFile[] {
  const entries = field(listing, "parquet_files");
  if (!Array.isArray(entries)) return [];
  const config = field(entries[0], "config");
  return entries.flatMap((entry: unknown) => {
    const [split, url, size] = [field(entry, "split"), field(entry, "url"), field(entry, "size")];
    const fits = typeof split === "string" && typeof url === "string" && typeof size === "number" && size > 0;
    return fits && field(entry, "config") === config ? [{ split, url, size }] : [];
  });
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
