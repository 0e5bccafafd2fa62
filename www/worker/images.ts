import type { FileReport } from "../protocol/contract";
import { PAGE_CODES } from "../protocol/failure";
import { brokenRow, refuseBySize } from "../protocol/limits";
import type { FileProgress, NamedFile } from "../protocol/messages";
import { nextMacrotask } from "./macrotask";
import type { JobControl } from "./queue";

/** Shortest time between two progress posts, milliseconds. */
const POST_INTERVAL = 100;

/**
 * Reads files one after the other, so that only one is in memory at a time. A file that is too large, unreadable or
 * broken becomes a marked row and the rest go on.
 */
export async function readFiles(
  files: NamedFile[],
  addFile: (path: string, bytes: Uint8Array) => FileReport[],
  control: JobControl,
  post: (progress: FileProgress) => Promise<void> | void,
): Promise<void> {
  let rows: FileReport[] = [];
  let lastPost = performance.now();
  for (const [position, { path, file }] of files.entries()) {
    await control.checkpoint();
    rows.push(...(await readOne(path, file, addFile)));
    const isLast = position === files.length - 1;
    if (isLast || performance.now() - lastPost >= POST_INTERVAL) {
      await post({ rows, done: position + 1, total: files.length });
      rows = [];
      lastPost = performance.now();
      await nextMacrotask();
    }
  }
}

async function readOne(
  path: string,
  file: File,
  addFile: (path: string, bytes: Uint8Array) => FileReport[],
): Promise<FileReport[]> {
  const refused = refuseBySize(path, file.size);
  if (refused) return [refused];
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch (reason) {
    const why = reason instanceof Error ? reason.message : String(reason);
    return [brokenRow(path, PAGE_CODES.fileUnreadable, `The browser cannot read the file (${why}). Pick it again.`)];
  }
  return addFile(path, bytes);
}
