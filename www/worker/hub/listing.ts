import { EngineError, failure, PAGE_CODES } from "../../protocol/failure";
import { ask, unexpectedAnswer, unreachable } from "./range-file";

/** Answers of the hub for a data set that it does not know, or does not give to everyone. */
const UNKNOWN = [400, 401, 403, 404];

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
 * Fails with `hub-unknown-dataset` if the hub knows no such data set, and with `hub-unreachable` if it does not answer
 * or sends something else.
 */
export async function listFiles(dataset: string, signal: AbortSignal, listing: string): Promise<HubFile[]> {
  const response = await ask(`${listing}/parquet?dataset=${encodeURIComponent(dataset)}`, signal);
  if (UNKNOWN.includes(response.status)) {
    await response.body?.cancel();
    const sentence = `The hub has no data set "${dataset}" for everyone to read. Look at its name: owner, slash, name.`;
    throw new EngineError(failure(PAGE_CODES.hubUnknownDataset, sentence));
  }
  if (response.status !== 200) throw await unexpectedAnswer(response, 200);
  const listed: unknown = await response.json().catch(() => null);
  signal.throwIfAborted();
  const files = readListing(listed);
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
