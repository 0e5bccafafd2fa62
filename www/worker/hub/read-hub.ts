import type { FileProgress } from "../../protocol/messages";
import type { FileReader } from "../images";
import { nextMacrotask } from "../macrotask";
import type { JobControl } from "../queue";
import { type HubFile, HUB, listFiles } from "./listing";
import { imagesOf } from "./parquet-images";
import { rangeFile } from "./range-file";

/** Pictures that are handed to the engine before the page hears of them. */
const PICTURES_AT_ONCE = 16;

/** What to read from the hub. */
export interface HubRequest {
  /** e.g. "uoft-cs/cifar10" */
  dataset: string;
  /** most pictures of each class and part; 0 is all */
  perClass: number;
  /** another address of the hub, for tests */
  hub?: string;
}

/** How far the reading is; `received` are the bytes that travelled. */
export type HubProgress = FileProgress & { received: number };

/**
 * Reads a data set from the hub into the engine, as if its pictures lay in folders `part/class`. A cancelled job stops
 * between two pictures; a file that fails ends the reading, and what came before it is in the engine.
 */
export async function readHub(
  { dataset, perClass, hub = HUB }: HubRequest,
  reader: FileReader,
  control: JobControl,
  post: (progress: HubProgress) => Promise<void> | void,
): Promise<void> {
  const abort = new AbortController();
  try {
    const files = await listFiles(dataset, abort.signal, hub);
    let received = 0;
    for (const [done, entry] of files.entries()) {
      const file = rangeFile(entry.url, entry.size, abort.signal);
      const report = (rows: FileProgress["rows"]): Promise<void> | void =>
        post({ rows, done, total: files.length, received: received + file.received() });
      let rows: FileProgress["rows"] = [];
      // A part that is divided into several files has a share of the limit in each.
      const share = Math.ceil(perClass / files.filter(({ split }) => split === entry.split).length);
      for await (const image of imagesOf(file, share)) {
        const path = pathOf(dataset, entry, done, image);
        reader.openFile(path, image.bytes);
        rows.push(...reader.readFiles(1).rows);
        if (rows.length < PICTURES_AT_ONCE) continue;
        await report(rows);
        rows = [];
        await nextMacrotask();
        await control.checkpoint();
      }
      await report(rows);
      received += file.received();
      await control.checkpoint();
    }
  } finally {
    abort.abort();
  }
}

/** `part/class/file-row`: the folders that the engine reads part and class from. */
function pathOf(dataset: string, { split }: HubFile, file: number, image: { className: string; row: number }): string {
  const folder = (name: string): string => name.replaceAll(/[/\\]/g, "-");
  return `${folder(dataset)}/${folder(split)}/${folder(image.className)}/${String(file)}-${String(image.row)}`;
}
