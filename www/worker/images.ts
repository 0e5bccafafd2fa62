import type { FileReport, FilesRead } from "../protocol/contract";
import { PAGE_CODES } from "../protocol/failure";
import { brokenRow, refuseBySize } from "../protocol/limits";
import type { FileProgress, NamedFile } from "../protocol/messages";
import { nextMacrotask } from "./macrotask";
import type { JobControl } from "./queue";

/** Shortest time between two progress posts, milliseconds. */
const POST_INTERVAL = 100;
/** Files of an archive that are read before the worker looks up. */
const FILES_AT_ONCE = 16;

/** What takes files: the engine's session. */
export interface FileReader {
  openFile(path: string, bytes: Uint8Array): void;
  readFiles(files: number): FilesRead;
}

/**
 * Reads files one after the other, so that only one is in memory at a time, and archives bit by bit, so that they can
 * be paused and given up. A file that is too large, unreadable or broken becomes a marked row and the rest go on.
 */
export async function readFiles(
  files: NamedFile[],
  reader: FileReader,
  control: JobControl,
  post: (progress: FileProgress) => Promise<void> | void,
): Promise<void> {
  let rows: FileReport[] = [];
  let lastPost = performance.now();
  for (const [position, file] of files.entries()) {
    await control.checkpoint();
    const refused = await open(file, reader, control);
    if (refused) rows.push(refused);
    for (let progress = 0; progress < 1;) {
      const read = refused ? null : reader.readFiles(FILES_AT_ONCE);
      rows.push(...(read?.rows ?? []));
      // Nearly all of an archive may be read before its last files are.
      progress = !read || read.finished ? 1 : Math.min(read.progress, 0.999);
      const done = position + progress;
      if (done === files.length || performance.now() - lastPost >= POST_INTERVAL) {
        await post({ rows, done, total: files.length });
        rows = [];
        lastPost = performance.now();
        await nextMacrotask();
        await control.checkpoint();
      }
    }
  }
}

/** Hands a file to the engine; the row of one that cannot be handed over, else null. */
async function open(
  { path, file, unreadable }: NamedFile,
  reader: FileReader,
  control: JobControl,
): Promise<FileReport | null> {
  const refused = unreadable === undefined ? refuseBySize(path, file.size) : unreadableRow(path, unreadable);
  if (refused) return refused;
  let bytes: Uint8Array;
  if (/\.parquet$/i.test(path)) {
    try {
      // Only who has such a file needs its reader.
      const { unpackParquet } = await import(/* webpackChunkName: "parquet" */ "./parquet");
      reader.openFile(`${path}.tar`, await unpackParquet(path, file, control));
      return null;
    } catch (reason) {
      control.check();
      return brokenRow(path, "unsupported-image", reason instanceof Error ? reason.message : String(reason));
    }
  }
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch (reason) {
    return unreadableRow(path, reason instanceof Error ? reason.message : String(reason));
  }
  reader.openFile(path, bytes);
  return null;
}

function unreadableRow(path: string, why: string): FileReport {
  return brokenRow(path, PAGE_CODES.fileUnreadable, `The browser cannot read the file (${why}). Pick it again.`);
}
