import { expect, test } from "@playwright/test";

import { filesFromDrop, filesFromPicker, inFolder, isJunk, mergeFiles } from "../../../www/client/files";
import { isWeights, MAX_ARCHIVE_BYTES, MAX_IMAGE_BYTES, refuseBySize } from "../../../www/protocol/limits";
import { type FileReader, readFiles } from "../../../www/worker/images";
import { JobControl } from "../../../www/worker/queue";
import { row } from "./support";

function file(name: string, folder = ""): File {
  const made = new File(["x"], name);
  return Object.defineProperty(made, "webkitRelativePath", { value: folder && `${folder}/${name}` });
}

/** A dropped file or folder, as browsers describe them; folders give their children a hundred at a time. */
function entry(path: string, children?: FileSystemEntry[]): FileSystemEntry {
  const name = path.split("/").at(-1) ?? "";
  if (!children) {
    const described = {
      isFile: true,
      name,
      fullPath: path,
      file: (take: (file: File) => void) => {
        take(file(name));
      },
    };
    return described as unknown as FileSystemEntry;
  }
  const createReader = () => {
    const rest = [...children];
    return {
      readEntries: (take: (some: FileSystemEntry[]) => void) => {
        take(rest.splice(0, 100));
      },
    };
  };
  return { isFile: false, name, fullPath: path, createReader } as unknown as FileSystemEntry;
}

function drop(entries: FileSystemEntry[]): DataTransfer {
  return { items: entries.map((found) => ({ webkitGetAsEntry: () => found })) } as unknown as DataTransfer;
}

test("a picked folder keeps its paths, loose files their names", () => {
  const paths = filesFromPicker([file("1.jpg", "pets/cats"), file("2.jpg")]).map(({ path }) => path);
  expect(paths).toEqual(["pets/cats/1.jpg", "2.jpg"]);
});

test("what systems leave in folders is passed over", () => {
  expect([".DS_Store", "cats/.DS_Store", "Thumbs.db", "cats/desktop.ini", "__MACOSX/cats/1.jpg"].every(isJunk)).toBe(
    true,
  );
  expect(["cats/1.jpg", "my.cats/1.jpg", "cats/thumbs.db.jpg"].some(isJunk)).toBe(false);
  expect(filesFromPicker([file(".DS_Store", "cats"), file("1.jpg", "cats")])).toHaveLength(1);
});

test("a dropped folder is read to its depth, however many files it has", async () => {
  const cats = Array.from({ length: 250 }, (_, i) => entry(`/pets/cats/${String(i)}.jpg`));
  const pets = entry("/pets", [entry("/pets/cats", cats), entry("/pets/dogs", [entry("/pets/dogs/1.jpg")])]);
  const files = await filesFromDrop(drop([pets, entry("/loose.jpg")]));
  expect(files).toHaveLength(252);
  expect(files.map(({ path }) => path)).toEqual(
    expect.arrayContaining(["pets/cats/0.jpg", "pets/cats/249.jpg", "pets/dogs/1.jpg", "loose.jpg"]),
  );
});

test("what the browser gives no file for becomes a row, and the rest of the drop is read", async () => {
  const refuse = (_: unknown, tell: (reason: Error) => void): void => {
    tell(new Error("The file was moved."));
  };
  const gone = Object.assign(entry("/pets/cats/gone.jpg"), { file: refuse });
  const closed = Object.assign(entry("/closed", []), { createReader: () => ({ readEntries: refuse }) });
  const pets = entry("/pets", [entry("/pets/cats", [gone, entry("/pets/cats/1.jpg")])]);
  const files = await filesFromDrop(drop([pets, closed, entry("/2.jpg")]));
  expect(files.map(({ path }) => path)).toEqual(["pets/cats/gone.jpg", "pets/cats/1.jpg", "closed/", "2.jpg"]);
  const read: string[] = [];
  const reader: FileReader = {
    openFile: (path) => void read.push(path),
    readFiles: () => ({ rows: [row(read.at(-1) ?? "")], progress: 1, finished: true }),
  };
  const rows: (string | undefined)[] = [];
  await readFiles(inFolder(files, "dogs"), reader, new JobControl(), (told) => {
    rows.push(...told.rows.map(({ error }) => error?.code));
  });
  expect(read).toEqual(["pets/cats/1.jpg", "dogs/2.jpg"]);
  expect(rows).toEqual(["file-unreadable", undefined, "file-unreadable", undefined]);
});

test("loose files get the folder that was named, others and archives keep theirs", () => {
  const files = [file("1.jpg"), file("2.jpg", "dogs"), file("more.zip")];
  const paths = (name: string): string[] => inFolder(filesFromPicker(files), name).map(({ path }) => path);
  expect(paths(" cats/big ")).toEqual(["cats-big/1.jpg", "dogs/2.jpg", "more.zip"]);
  expect(paths("")).toEqual(["1.jpg", "dogs/2.jpg", "more.zip"]);
});

test("files come in the same order however they were added, and a newer one replaces its namesake", () => {
  const [a, b, newer] = [file("a.jpg", "x"), file("b.jpg", "x"), file("a.jpg", "x")];
  const once = mergeFiles([], filesFromPicker([b, a]));
  const twice = mergeFiles(mergeFiles([], filesFromPicker([b])), filesFromPicker([newer]));
  expect(once.map(({ path }) => path)).toEqual(["x/a.jpg", "x/b.jpg"]);
  expect(twice.map(({ path }) => path)).toEqual(["x/a.jpg", "x/b.jpg"]);
  expect(twice[0]?.file).toBe(newer);
});

test("absurd sizes are refused with a row of the usual shape", () => {
  expect(refuseBySize("cats/1.jpg", MAX_IMAGE_BYTES)).toBeNull();
  for (const name of ["cats.zip", "cats.TAR", "cats.tar.gz", "cats.tgz", "cats.tar.xz", "cats.txz"]) {
    expect(refuseBySize(name, MAX_ARCHIVE_BYTES), name).toBeNull();
  }
  expect(refuseBySize("cats.gz", MAX_ARCHIVE_BYTES)).not.toBeNull();
  expect(refuseBySize("cats/1.jpg", MAX_IMAGE_BYTES + 1)).toMatchObject({
    path: "cats/1.jpg",
    className: null,
    error: { code: "file-too-large" },
  });
  expect(refuseBySize("cats.ZIP", MAX_ARCHIVE_BYTES + 1)?.error?.message).toContain("512 MB");
});

test("weight files are known by their names", () => {
  expect(["a.pt", "a.pth", "a.th", "a.safetensors", "A.PTH"].every(isWeights)).toBe(true);
  expect(["a.jpg", "a.zip", "apt"].some(isWeights)).toBe(false);
});
