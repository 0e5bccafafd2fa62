import type { FileReport } from "./contract";
import { PAGE_CODES } from "./failure";

/** Largest picture file that is read into memory, bytes. */
export const MAX_IMAGE_BYTES = 64 * 1024 * 1024;
/** Largest batch of CIFAR, NumPy array or Parquet file that is read into memory, bytes. */
export const MAX_TABLE_BYTES = 512 * 1024 * 1024;
/** Largest archive that is read into memory, bytes. */
export const MAX_ARCHIVE_BYTES = 512 * 1024 * 1024;
/** Largest weight file that is read into memory, bytes. */
export const MAX_WEIGHT_BYTES = 512 * 1024 * 1024;

/** Whether a path names an archive that is unpacked. */
export function isArchive(path: string): boolean {
  return /\.(zip|tar|tar\.gz|tgz|tar\.xz|txz)$/i.test(path);
}

/** Whether a path names a file of many pictures: a batch of CIFAR, a NumPy array, or a Parquet file. */
export function isTable(path: string): boolean {
  return /\.(bin|npy|parquet)$|(^|\/)(train|test|data_batch_\d|test_batch)$/i.test(path);
}

/** Whether a path names a file of network weights. */
export function isWeights(path: string): boolean {
  return /\.(safetensors|pth?|th|ckpt)$/i.test(path);
}

/** Whether a path names a file of settings. */
export function isConfig(path: string): boolean {
  return /\.json$/i.test(path);
}

/** The row for a file that is refused by its size alone, before a byte is read; null if it may be read. */
export function refuseBySize(path: string, bytes: number): FileReport | null {
  const limit = isArchive(path) ? MAX_ARCHIVE_BYTES : isTable(path) ? MAX_TABLE_BYTES : MAX_IMAGE_BYTES;
  if (bytes <= limit) return null;
  const advice = isArchive(path) ? "Split it, or pick the pictures themselves." : "Scale the picture down first.";
  const message = `The file has ${megabytes(bytes)} MB, over the limit of ${megabytes(limit)} MB. ${advice}`;
  return brokenRow(path, PAGE_CODES.fileTooLarge, message);
}

/** A row for a file that could not be used, of the same shape as the engine's own rows. */
export function brokenRow(path: string, code: string, message: string): FileReport {
  return { path, className: null, width: null, height: null, error: { code, message } };
}

function megabytes(bytes: number): number {
  return Math.round(bytes / (1024 * 1024));
}
