import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, test } from "@playwright/test";

import type { HubProgress, HubRequest } from "../../../www/protocol/messages";
import { fetchHub } from "../../../www/worker/hub/fetch-hub";
import { listFiles } from "../../../www/worker/hub/listing";
import { scattered } from "../../../www/worker/hub/parquet-images";
import { Tar } from "../../../www/worker/hub/tar";
import { readFiles } from "../../../www/worker/images";
import { unpackParquet } from "../../../www/worker/parquet";
import { JobControl } from "../../../www/worker/queue";

const PARQUET = readFileSync(new URL("../../fixtures/hub.parquet", import.meta.url));
const WITH_STATISTICS = readFileSync(new URL("../../fixtures/hub-statistics.parquet", import.meta.url));

/** A server of the hub's layout on this machine; `served` is what it gives for the file. */
class Hub {
  readonly requests: string[] = [];
  sent = 0;
  knowsRanges = true;
  served: Buffer = PARQUET;
  listing: (url: string) => unknown = (url) => ({
    parquet_files: [
      { config: "plain", split: "train", url: `${url}/train.parquet`, size: this.served.length },
      { config: "plain", split: "test", url: `${url}/test.parquet`, size: this.served.length },
      { config: "other", split: "train", url: `${url}/other.parquet`, size: this.served.length },
    ],
  });
  private readonly server: Server = createServer((request, response) => {
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    this.requests.push(`${request.url ?? ""} ${request.headers.range ?? ""}`.trim());
    if (request.url?.startsWith("/parquet?")) {
      if (request.url.includes("nobody")) response.writeHead(404);
      response.end(request.url.includes("nothing") ? "no" : JSON.stringify(this.listing(this.url)));
    } else if (range && this.knowsRanges) {
      const part = this.served.subarray(Number(range[1]), Number(range[2]) + 1);
      this.sent += part.length;
      response.writeHead(206).end(part);
    } else response.end(this.served);
  });

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async during<T>(use: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    try {
      return await use();
    } finally {
      this.server.close();
      this.server.closeAllConnections();
    }
  }
}

/** A file of an archive. */
interface Entry {
  path: string;
  bytes: Buffer;
}

/** The files of a tar archive, read as its specification says. */
async function filesOf(archive: Blob): Promise<Entry[]> {
  const tar = Buffer.from(await archive.arrayBuffer());
  const text = (at: number, length: number): string => tar.toString("utf8", at, at + length).replace(/\0.*$/s, "");
  const found: Entry[] = [];
  let at = 0;
  while (text(at, 100) !== "") {
    expect(text(at + 257, 6)).toBe("ustar");
    const header = Buffer.from(tar.subarray(at, at + 512)).fill(" ", 148, 156);
    expect(parseInt(text(at + 148, 8), 8)).toBe(header.reduce((sum, byte) => sum + byte, 0));
    const size = parseInt(text(at + 124, 12), 8);
    found.push({ path: `${text(at + 345, 155)}/${text(at, 100)}`, bytes: tar.subarray(at + 512, at + 512 + size) });
    at += 512 + 512 * Math.ceil(size / 512);
  }
  expect(tar.length).toBe(at + 1024);
  return found;
}

function read(hub: Hub, wanted: Partial<HubRequest>): Promise<{ taken: Entry[]; heard: HubProgress[] }> {
  const heard: HubProgress[] = [];
  const request = { dataset: "someone/pets", part: "", classes: [], perClass: 0, total: 0, ...wanted };
  return hub.during(async () => {
    const post = (progress: HubProgress): void => void heard.push(progress);
    const archives = await fetchHub(request, hub.url, new JobControl(), post);
    expect(archives.map(({ path }) => path)).toEqual(["someone-pets.tar"]);
    return { taken: await filesOf(archives[0]?.file ?? new Blob()), heard };
  });
}

/** How many files lie in each folder. */
function folders(files: Entry[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { path } of files) {
    const folder = path.replace(/\/[^/]*$/, "");
    counts[folder] = (counts[folder] ?? 0) + 1;
  }
  return counts;
}

test("a data set comes whole, each picture in the folder of its part and class", async () => {
  const hub = new Hub();
  const { taken, heard } = await read(hub, {});
  expect(taken).toHaveLength(48);
  const each = Object.fromEntries(
    ["train", "test"].flatMap((part) => ["cat", "dog", "a-b"].map((name) => [`${part}/${name}`, 8])),
  );
  expect(folders(taken)).toEqual(each);
  expect(new Set(taken.map(({ path }) => path)).size).toBe(48);
  for (const { bytes } of taken) expect([...bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  expect(heard.at(-1)).toEqual({ pictures: 48, expected: 48, received: hub.sent });
  expect(hub.requests[0]).toBe("/parquet?dataset=someone%2Fpets");
  expect(hub.requests.some((request) => request.includes("other"))).toBe(false);
});

test("a few pictures of each class cost a part of the file, though it is sorted by class", async () => {
  const [all, few] = [new Hub(), new Hub()];
  await read(all, {});
  const { taken } = await read(few, { perClass: 2 });
  expect(new Set(Object.values(folders(taken)))).toEqual(new Set([2]));
  expect(Object.keys(folders(taken))).toHaveLength(6);
  const heavy = ({ requests }: Hub): number => requests.filter((request) => request.startsWith("/train")).length;
  expect(heavy(few)).toBeLessThan(heavy(all));
  expect(few.sent).toBeLessThan(all.sent);
  // So small a file comes with its footer, once each; of the rest the captions, which nobody asks for, never travel.
  expect(all.sent - 2 * PARQUET.length).toBeLessThan(PARQUET.length);
});

test("a limit on the whole is spread over parts and classes, and one part can be had alone", async () => {
  const { taken, heard } = await read(new Hub(), { total: 12 });
  expect(new Set(Object.values(folders(taken)))).toEqual(new Set([2]));
  expect(heard.at(-1)).toMatchObject({ pictures: 12, expected: 12 });
  expect((await read(new Hub(), { total: 5 })).taken).toHaveLength(5);
  const alone = new Hub();
  expect(Object.keys(folders((await read(alone, { part: "test" })).taken)).sort()).toEqual([
    "test/a-b",
    "test/cat",
    "test/dog",
  ]);
  expect(alone.requests.some((request) => request.startsWith("/train"))).toBe(false);
  const unknown = read(new Hub(), { part: "exam" });
  await expect(unknown).rejects.toMatchObject({ code: "hub-unknown-part" });
  await expect(unknown).rejects.toThrow(/train, test/);
});

test("a few classes of many are asked for by their names, and the others' pictures stay where they are", async () => {
  const hub = new Hub();
  const { taken, heard } = await read(hub, { part: "train", classes: ["Dog", "A B"], total: 12 });
  expect(folders(taken)).toEqual({ "train/dog": 6, "train/a-b": 6 });
  expect(heard.at(-1)).toMatchObject({ pictures: 12, expected: 12 });
  const unknown = read(new Hub(), { classes: ["dog", "horse"] });
  await expect(unknown).rejects.toMatchObject({ code: "hub-unknown-class" });
  await expect(unknown).rejects.toThrow(/"horse".*cat; dog; a\/b/);
});

test("a group of rows whose footer names other classes is not asked for at all", async () => {
  const [told, untold] = [new Hub(), new Hub()];
  told.served = WITH_STATISTICS;
  const wanted = { part: "train", classes: ["dog"] };
  const [{ taken: some }, { taken: same }] = [await read(told, wanted), await read(untold, wanted)];
  expect(some).toEqual(same);
  expect(some).toHaveLength(8);
  // Of six groups two hold dogs: their labels and their pictures, where the other file's labels are all read.
  const parts = ({ requests }: Hub): number => requests.filter((request) => request.includes("bytes=")).length;
  expect(parts(untold) - parts(told)).toBe(4);
});

test("an archive holds names of any language, and cuts those that are too long", async () => {
  const tar = new Tar();
  const names = ["train/Ärger und 猫/0-1", `train/${"x".repeat(300)}/0-2`];
  for (const name of names) tar.add(name, new Uint8Array(513).fill(7));
  const [first, second] = await filesOf(tar.finish("a.tar"));
  expect(first?.path).toBe(names[0]);
  expect(second?.path).toBe(`train/${"x".repeat(149)}/0-2`);
  expect(second?.bytes).toEqual(Buffer.alloc(513, 7));
});

test("every beginning of the order is spread over the file", () => {
  expect(scattered(8)).toEqual([0, 4, 2, 6, 1, 5, 3, 7]);
  expect(scattered(5)).toEqual([0, 4, 2, 1, 3]);
  expect([scattered(0), scattered(1)]).toEqual([[], [0]]);
  expect(scattered(1000).sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
});

test("a hub that does not answer as it should is told from a file that cannot be used", async () => {
  const blind = new Hub();
  blind.knowsRanges = false;
  await expect(read(blind, {})).rejects.toMatchObject({ code: "hub-unreachable" });
  await expect(read(new Hub(), { dataset: "odd/nothing" })).rejects.toMatchObject({ code: "hub-unreachable" });
  await expect(read(new Hub(), { dataset: "nobody/pets" })).rejects.toMatchObject({ code: "hub-unknown-dataset" });
  const short = new Hub();
  short.listing = (url) => ({ parquet_files: [{ split: "train", url: `${url}/x`, size: PARQUET.length + 99 }] });
  await expect(read(short, {})).rejects.toMatchObject({ code: "hub-unreachable" });
  for (const served of [Buffer.alloc(5000, 7), PARQUET.subarray(0, 4000), Buffer.concat([PARQUET, Buffer.alloc(9)])]) {
    const damaged = new Hub();
    damaged.served = served;
    await expect(read(damaged, {})).rejects.toMatchObject({ code: "hub-unreadable" });
  }
  const unlabelled = new Hub();
  unlabelled.served = Buffer.from(PARQUET.toString("latin1").replace("ClassLabel", "ClassLobel"), "latin1");
  await expect(read(unlabelled, {})).rejects.toThrow(/no labelled pictures/);
});

test("a user's own Parquet file needs no word of the hub's library", async () => {
  const served = Buffer.from(PARQUET.toString("latin1").replace("ClassLabel", "ClassLobel"), "latin1");
  const file = new File([served], "pets-train.parquet");
  const tar = Buffer.from(await unpackParquet("pets-train.parquet", file, new JobControl()));
  // The labels that occur are the classes; the file's name says the part.
  const names = ["train/0/", "train/1/", "train/2/"].map((folder) => folder.slice(0, -1));
  for (const name of names) expect(tar.includes(name)).toBe(true);
  expect(tar.includes("\x89PNG")).toBe(false);
  expect(tar.includes(Buffer.from([0x89, 0x50, 0x4e, 0x47]))).toBe(true);
  await expect(
    unpackParquet("x.parquet", new File([Buffer.alloc(500)], "x.parquet"), new JobControl()),
  ).rejects.toMatchObject({
    code: "hub-unreadable",
  });
});

test("a cancel is heard at once, also while bytes are on their way", async () => {
  const request = { dataset: "someone/pets", part: "", classes: [], perClass: 0, total: 0 };
  const [hub, control] = [new Hub(), new JobControl()];
  const fetching = hub.during(() =>
    fetchHub(request, hub.url, control, ({ pictures }) => {
      if (pictures >= 16) control.cancel();
    }),
  );
  await expect(fetching).rejects.toMatchObject({ code: "cancelled" });
  expect(hub.requests.some((request) => request.startsWith("/test"))).toBe(false);

  const [silent, impatient] = [new Hub(), new JobControl()];
  silent.listing = () => {
    impatient.cancel();
    return {};
  };
  const waiting = silent.during(() => fetchHub(request, silent.url, impatient, () => undefined));
  await expect(waiting).rejects.toMatchObject({ code: "cancelled" });
});

test("a cancel while the listing's own words are on their way is a cancel", async () => {
  const control = new JobControl();
  const server = createServer((_, response) => {
    response.writeHead(200).write("{");
    setTimeout(() => {
      control.cancel();
    }, 20);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const listing = listFiles("someone/pets", control.signal, `http://127.0.0.1:${String(port)}`);
  await expect(listing).rejects.toMatchObject({ code: "cancelled" });
  server.closeAllConnections();
  server.close();
});

test("a user's own Parquet file can be given up within", async () => {
  const file = new File([PARQUET], "pets.parquet");
  const [control, opened] = [new JobControl(), [] as string[]];
  const reader = {
    openFile: (path: string) => void opened.push(path),
    readFiles: () => ({ rows: [], progress: 1, finished: true }),
  };
  const reading = readFiles([{ path: "pets.parquet", file }], reader, control, () => undefined);
  // Its first picture is not there before its labels have been read.
  const read = file.slice.bind(file);
  let parts = 0;
  file.slice = (...range) => {
    if (++parts === 3) control.cancel();
    return read(...range);
  };
  await expect(reading).rejects.toMatchObject({ code: "cancelled" });
  expect(opened).toEqual([]);
});
