import { openImages } from "./hub/parquet-images";
import { Tar } from "./hub/tar";
import { nextMacrotask } from "./macrotask";
import type { JobControl } from "./queue";

/** Pictures that are unpacked before the worker looks up. */
const PICTURES_AT_ONCE = 16;

/** Names of files that say which part of a data set they are, as `train-00000-of-00002.parquet` does. */
const PART = /(?:^|[-_./])(train|test|val|validation)(?=[-_./]|$)/i;

/**
 * The labelled pictures of a user's own Parquet file as an archive, in folders `part/class`, so that the engine reads them
 * as it reads any archive. Fails with a sentence where the file holds no labelled pictures, and where it is given up.
 */
export async function unpackParquet(path: string, file: File, control: JobControl): Promise<Uint8Array> {
  const bytes = { byteLength: file.size, slice: (start: number, end?: number) => file.slice(start, end).arrayBuffer() };
  const images = await openImages(bytes, true);
  const name = path.split("/").at(-1) ?? path;
  const part = PART.exec(name)?.[1];
  const tar = new Tar();
  let pictures = 0;
  for await (const { className, row, bytes } of images.read({ classes: [], perClass: 0, total: 0 })) {
    const folder = className.replaceAll(/[/\\]/g, "-");
    tar.add(`${part ? `${part}/` : ""}${folder}/${String(row)}`, bytes);
    if (++pictures % PICTURES_AT_ONCE > 0) continue;
    await nextMacrotask();
    await control.checkpoint();
  }
  return new Uint8Array(await tar.finish(name).arrayBuffer());
}
