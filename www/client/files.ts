import { toFailure } from "../protocol/failure";
import { isArchive, isTable } from "../protocol/limits";
import type { NamedFile } from "../protocol/messages";

/** Files that operating systems leave in folders; nobody means to upload them. */
const JUNK = /(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini|__MACOSX(\/.*)?)$/i;

/** Whether a path names a file that is passed over in silence. */
export function isJunk(path: string): boolean {
  return JUNK.test(path) || path.split("/").includes("__MACOSX");
}

/** Files of a picker, each with the path inside the picked folder where there is one. */
export function filesFromPicker(list: Iterable<File>): NamedFile[] {
  return tidy([...list].map((file) => ({ path: file.webkitRelativePath || file.name, file })));
}

/** Files and the contents of folders that were dropped. Call it within the drop event: the items are gone after it. */
export async function filesFromDrop(transfer: DataTransfer): Promise<NamedFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return filesFromPicker(transfer.files);
  const found = await Promise.all(entries.map(filesOfEntry));
  return tidy(found.flat());
}

/** Puts files that lie in no folder into one, since a picture's class is its folder's name. Archives bring their own. */
export function inFolder(files: NamedFile[], className: string): NamedFile[] {
  const folder = className.trim().replaceAll("/", "-");
  if (!folder) return files;
  return files.map((file) => {
    const { path } = file;
    const isLoose = !path.includes("/") && !isArchive(path);
    return { ...file, path: isLoose ? `${folder}/${path}` : path };
  });
}

/** A file's name that the engine reads a class from, as `cat.17.jpg`. */
const NAMED = /^(\p{L}+)\.\d+\.[^.]+$/u;

/** Whether nothing tells the class of a file: it lies in no folder, brings none, and its name is not like `cat.17.jpg`. */
export function isUnplaced({ path }: NamedFile): boolean {
  return !path.includes("/") && !isArchive(path) && !isTable(path) && !NAMED.test(path);
}

/** Whether it is a photo, by its name: phones and cameras give one, and some programs none at all. */
const PHOTO = /^[^.]+$|\.(jpe?g|jfif|png|webp|bmp|gif|hei[cf]|avif|tiff?)$/i;

/** Whether a file is a photo that nothing tells the class of. */
export function isLoose(file: NamedFile): boolean {
  return isUnplaced(file) && PHOTO.test(file.path);
}

/**
 * Files in folders that are called as the classes are, where they were called so but for their case and a plural's "s", as
 * `Cat/1.jpg` and `cat.17.jpg`: else photos of one class would be of two.
 */
export function inClassFolders(files: NamedFile[], classNames: readonly string[]): NamedFile[] {
  const bare = (name: string): string => name.toLowerCase().replace(/s$/, "");
  const known = new Map(classNames.map((name) => [bare(name), name]));
  return files.map(({ path, file }) => {
    const folders = path.split("/").slice(0, -1);
    const className = folders.length === 0 ? known.get(bare(NAMED.exec(path)?.[1] ?? "")) : undefined;
    if (className) return { path: `${className}/${path}`, file };
    const named = folders.map((folder) => known.get(bare(folder)) ?? folder);
    return { path: [...named, path.slice(path.lastIndexOf("/") + 1)].join("/"), file };
  });
}

/** Old and new files together, sorted by path, so that the same files always make the same data; new ones replace old. */
export function mergeFiles(known: NamedFile[], added: NamedFile[]): NamedFile[] {
  const byPath = new Map([...known, ...added].map((entry) => [entry.path, entry]));
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

function tidy(files: NamedFile[]): NamedFile[] {
  return files.filter(({ path }) => !isJunk(path));
}

async function filesOfEntry(entry: FileSystemEntry): Promise<NamedFile[]> {
  const path = entry.fullPath.replace(/^\//, "") + (entry.isFile ? "" : "/");
  const empty = { path, file: new File([], entry.name) };
  try {
    if (entry.isFile) return [await fileOfEntry(entry as FileSystemFileEntry)];
    const children = await childrenOf(entry as FileSystemDirectoryEntry);
    const found = await Promise.all(children.map(filesOfEntry));
    // A folder without files is told as well: its name may be a class of the Teacher's.
    return children.some(({ name }) => !isJunk(name)) ? found.flat() : [empty];
  } catch (reason) {
    // The other files of the drop are good all the same.
    return [{ ...empty, unreadable: toFailure(reason).message }];
  }
}

function fileOfEntry(entry: FileSystemFileEntry): Promise<NamedFile> {
  return new Promise((resolve, reject) => {
    entry.file((file) => {
      resolve({ path: entry.fullPath.replace(/^\//, ""), file });
    }, reject);
  });
}

/** All children of a folder; the browser hands them out a hundred at a time. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return children;
    children.push(...some);
  }
}
