const BLOCK = 512;
/** Bytes of a path that fit a header: its folders and its name. */
const [FOLDER_BYTES, NAME_BYTES] = [155, 100];
/** Bytes that are gathered before the browser gets them, which may put them on the disk. */
const GATHERED_BYTES = 8 * 1024 * 1024;

/** An archive that grows file by file (POSIX ustar). Its bytes are the browser's to keep and not the worker's. */
export class Tar {
  private kept = new Blob();
  private gathered: Uint8Array<ArrayBuffer>[] = [];
  private gatheredBytes = 0;

  /** Bytes so far. */
  get size(): number {
    return this.kept.size + this.gatheredBytes;
  }

  /** Adds a file; folders that are too long for the format lose their end. */
  add(path: string, bytes: Uint8Array): void {
    const padding = (BLOCK - (bytes.length % BLOCK)) % BLOCK;
    const entry = new Uint8Array(BLOCK + bytes.length + padding);
    entry.set(header(path, bytes.length));
    entry.set(bytes, BLOCK);
    this.gathered.push(entry);
    this.gatheredBytes += entry.length;
    if (this.gatheredBytes >= GATHERED_BYTES) this.keep();
  }

  /** The archive as a file; nothing can be added after this. */
  finish(name: string): File {
    this.keep();
    return new File([this.kept, new Uint8Array(2 * BLOCK)], name);
  }

  private keep(): void {
    this.kept = new Blob([this.kept, ...this.gathered]);
    [this.gathered, this.gatheredBytes] = [[], 0];
  }
}

function header(path: string, size: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const write = (at: number, text: string, bytes: number): void => {
    new TextEncoder().encodeInto(text, block.subarray(at, at + bytes));
  };
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, "0");
  const cut = path.lastIndexOf("/");
  write(0, path.slice(cut + 1), NAME_BYTES);
  write(100, octal(0o644, 7), 7);
  write(108, octal(0, 7), 7);
  write(116, octal(0, 7), 7);
  write(124, octal(size, 11), 11);
  write(136, octal(0, 11), 11);
  write(148, "        ", 8);
  write(156, "0", 1);
  write(257, "ustar\0" + "00", 8);
  write(345, path.slice(0, Math.max(0, cut)), FOLDER_BYTES);
  write(
    148,
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    8,
  );
  return block;
}
