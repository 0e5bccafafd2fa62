import { EngineError, failure, PAGE_CODES } from "../../protocol/failure";
import type { HubProgress, HubRequest, NamedFile } from "../../protocol/messages";
import { nextMacrotask } from "../macrotask";
import type { JobControl } from "../queue";
import { type HubFile, listFiles } from "./listing";
import { openImages } from "./parquet-images";
import { rangeFile } from "./range-file";
import { Tar } from "./tar";

/** Pictures that come before the page hears of them. */
const PICTURES_AT_ONCE = 16;
/** Bytes of an archive from which on the next picture begins another one. */
const ARCHIVE_BYTES = 64 * 1024 * 1024;
/** Most bytes that are fetched for one request. */
const MAX_BYTES = 1024 * 1024 * 1024;

/**
 * Fetches pictures of a data set as archives, in folders `part/class`, so that the engine reads them as it reads any
 * archive, and reads them again without another request. A cancel is heard at once, also while bytes are on their way.
 */
export async function fetchHub(
  { dataset, part, classes, perClass, total }: HubRequest,
  listing: string,
  control: JobControl,
  post: (progress: HubProgress) => Promise<void> | void,
): Promise<NamedFile[]> {
  const { signal } = control;
  const files = ofPart(await listFiles(dataset, signal, listing), part);
  const name = dataset.replaceAll("/", "-");
  const archives: NamedFile[] = [];
  const close = (tar: Tar): void => {
    const path = archives.length === 0 ? `${name}.tar` : `${name}-${String(archives.length + 1)}.tar`;
    archives.push({ path, file: tar.finish(path) });
  };
  let [tar, pictures, expected, received] = [new Tar(), 0, 0, 0];
  for (const [number, entry] of files.entries()) {
    if (total > 0 && pictures >= total) break;
    const file = rangeFile(entry.url, entry.size, signal);
    const images = await openImages(file);
    // A part that is divided into several files has a share of the limit in each.
    const limits = {
      classes,
      perClass: share(perClass, files.filter(({ split }) => split === entry.split).length),
      total: total && Math.min(share(total, files.length), total - pictures),
    };
    expected += images.expected(limits);
    const report = (): Promise<void> | void =>
      post({ pictures, expected: number === files.length - 1 ? expected : null, received: received + file.received() });
    await report();
    for await (const image of images.read(limits)) {
      tar.add(pathOf(entry, number, image), image.bytes);
      pictures++;
      if (tar.size >= ARCHIVE_BYTES) {
        close(tar);
        tar = new Tar();
      }
      if (pictures % PICTURES_AT_ONCE > 0) continue;
      if (received + file.received() > MAX_BYTES) throw tooLarge();
      await report();
      await nextMacrotask();
      await control.checkpoint();
    }
    await report();
    received += file.received();
    await control.checkpoint();
  }
  if (tar.size > 0 || archives.length === 0) close(tar);
  return archives;
}

/** The files of one part, or of all. */
function ofPart(files: HubFile[], part: string): HubFile[] {
  const found = part === "" ? files : files.filter(({ split }) => split === part);
  if (found.length > 0) return found;
  const known = [...new Set(files.map(({ split }) => split))].join(", ");
  const sentence = `The data set has no part "${part}". It has: ${known}.`;
  throw new EngineError(failure(PAGE_CODES.hubUnknownPart, sentence));
}

/** One file's share of a limit; 0 stays no limit. */
function share(limit: number, files: number): number {
  return Math.ceil(limit / files);
}

/** `part/class/file-row`: the folders that the engine reads part and class from. */
function pathOf({ split }: HubFile, file: number, image: { className: string; row: number }): string {
  const folder = (name: string): string => name.replaceAll(/[/\\]/g, "-");
  return `${folder(split)}/${folder(image.className)}/${String(file)}-${String(image.row)}`;
}

function tooLarge(): EngineError {
  const sentence = "More than a gigabyte has come and there is more. Ask for fewer pictures.";
  return new EngineError(failure(PAGE_CODES.hubTooLarge, sentence));
}
