import type { PictureFile } from "../../pkg/unicam.js";

/** Folder of the origin's private file system in which pictures lie as long as a page uses them. */
const FOLDER = "unicam-pictures";

/** The part of a file handle that only workers know, so that no other types are needed here than everywhere. */
interface SyncFile {
  read(into: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  close(): void;
}
type SyncHandle = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncFile> };

/** A file that is read and written at once, without waiting. It is deleted when nobody holds it any more. */
class OpenFile implements PictureFile {
  private holders = 0;

  constructor(
    readonly name: string,
    private readonly handle: SyncFile,
    private readonly discard: () => void,
  ) {}

  hold(): void {
    this.holders += 1;
  }

  release(): void {
    this.holders -= 1;
    if (this.holders > 0) return;
    this.handle.close();
    this.discard();
  }

  write(place: number, bytes: Uint8Array<ArrayBuffer>): void {
    const written = this.handle.write(bytes, { at: place });
    if (written !== bytes.byteLength) throw new Error("only a part could be written");
  }

  read(place: number, into: Uint8Array<ArrayBuffer>): void {
    if (this.handle.read(into, { at: place }) !== into.byteLength) throw new Error("it ends early");
  }
}

/** The files outside of the engine's memory that keep its pictures, one for each data set. */
export class PictureFiles {
  private readonly open = new Map<string, OpenFile>();

  /** An empty file; undefined where the browser gives the page none, as in some private windows. */
  private async create(): Promise<PictureFile | undefined> {
    try {
      const folder = await folderOf();
      const name = crypto.randomUUID();
      const entry = (await folder.getFileHandle(name, { create: true })) as SyncHandle;
      const handle = await entry.createSyncAccessHandle();
      const file = new OpenFile(name, handle, () => {
        this.open.delete(name);
        // What cannot be deleted now is swept at the next start.
        folder.removeEntry(name).catch(() => undefined);
      });
      this.open.set(name, file);
      return file;
    } catch {
      return undefined;
    }
  }

  /** Lends an empty file to what fills it; it is deleted afterwards unless someone else holds it by then. */
  async lend<T>(fill: (file: PictureFile | undefined) => Promise<T>): Promise<T> {
    const file = await this.create();
    file?.hold();
    try {
      return await fill(file);
    } finally {
      file?.release();
    }
  }

  /** The file of this name, if it is open. */
  find(name: string | undefined): PictureFile | undefined {
    return name === undefined ? undefined : this.open.get(name);
  }

  /** Deletes what pages left that ended without a word; a file that another page uses is locked and stays. */
  async sweep(): Promise<void> {
    try {
      const folder = await folderOf();
      for await (const name of folder.keys()) {
        if (!this.open.has(name)) await folder.removeEntry(name).catch(() => undefined);
      }
    } catch {
      // Without private files there is nothing to sweep.
    }
  }
}

async function folderOf(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return root.getDirectoryHandle(FOLDER, { create: true });
}
