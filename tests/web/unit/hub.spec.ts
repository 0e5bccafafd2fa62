import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, test } from "@playwright/test";

import type { FileReader } from "../../../www/worker/images";
import { scattered } from "../../../www/worker/hub/parquet-images";
import { type HubProgress, readHub } from "../../../www/worker/hub/read-hub";
import { JobControl } from "../../../www/worker/queue";
import { row } from "./support";

const PARQUET = readFileSync(new URL("../../fixtures/hub.parquet", import.meta.url));

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
      response.end(request.url.includes("nobody") ? "no" : JSON.stringify(this.listing(this.url)));
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

/** Takes pictures as the engine does, and keeps path and bytes. */
class Taken implements FileReader {
  readonly files: [string, Uint8Array][] = [];
  openFile(path: string, bytes: Uint8Array): void {
    this.files.push([path, bytes]);
  }
  readFiles(): ReturnType<FileReader["readFiles"]> {
    return { rows: [row(this.files.at(-1)?.[0] ?? "none")], progress: 1, finished: true };
  }
}

function read(hub: Hub, perClass: number, dataset = "someone/pets"): Promise<{ taken: Taken; heard: HubProgress[] }> {
  const [taken, heard] = [new Taken(), [] as HubProgress[]];
  return hub.during(async () => {
    await readHub(
      { dataset, perClass, hub: hub.url },
      taken,
      new JobControl(),
      (progress) => void heard.push(progress),
    );
    return { taken, heard };
  });
}

test("a data set comes whole, each picture in the folder of its part and class", async () => {
  const hub = new Hub();
  const { taken, heard } = await read(hub, 0);
  expect(taken.files).toHaveLength(48);
  const folders = taken.files.map(([path]) => path.replace(/\/[^/]*$/, ""));
  for (const part of ["train", "test"]) {
    for (const name of ["cat", "dog", "a-b"]) {
      expect(folders.filter((folder) => folder === `someone-pets/${part}/${name}`)).toHaveLength(8);
    }
  }
  expect(new Set(taken.files.map(([path]) => path)).size).toBe(48);
  for (const [, bytes] of taken.files) expect([...bytes.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
  expect(heard.flatMap(({ rows }) => rows)).toHaveLength(48);
  expect(heard.at(-1)?.received).toBe(hub.sent);
  expect(hub.requests[0]).toBe("/parquet?dataset=someone%2Fpets");
  expect(hub.requests.some((request) => request.includes("other"))).toBe(false);
});

test("a few pictures of each class cost a part of the file, though it is sorted by class", async () => {
  const [all, few] = [new Hub(), new Hub()];
  await read(all, 0);
  const { taken } = await read(few, 2);
  const classes = taken.files.map(([path]) => path.split("/").slice(1, 3).join(" "));
  expect(classes.sort()).toEqual(
    ["test a-b", "test cat", "test dog", "train a-b", "train cat", "train dog"].flatMap((name) => [name, name]),
  );
  const heavy = ({ requests }: Hub): number => requests.filter((request) => request.startsWith("/train")).length;
  expect(heavy(few)).toBeLessThan(heavy(all));
  expect(few.sent).toBeLessThan(all.sent);
  // So small a file comes with its footer, once each; of the rest the captions, which nobody asks for, never travel.
  expect(all.sent - 2 * PARQUET.length).toBeLessThan(PARQUET.length);
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
  await expect(read(blind, 0)).rejects.toMatchObject({ code: "hub-unreachable" });
  await expect(read(new Hub(), 0, "nobody/nothing")).rejects.toMatchObject({ code: "hub-unreachable" });
  const short = new Hub();
  short.listing = (url) => ({ parquet_files: [{ split: "train", url: `${url}/x`, size: PARQUET.length + 99 }] });
  await expect(read(short, 0)).rejects.toMatchObject({ code: "hub-unreachable" });
  for (const served of [Buffer.alloc(5000, 7), PARQUET.subarray(0, 4000), Buffer.concat([PARQUET, Buffer.alloc(9)])]) {
    const damaged = new Hub();
    damaged.served = served;
    await expect(read(damaged, 0)).rejects.toMatchObject({ code: "hub-unreadable" });
  }
  const unlabelled = new Hub();
  unlabelled.served = Buffer.from(PARQUET.toString("latin1").replace("ClassLabel", "ClassLobel"), "latin1");
  await expect(read(unlabelled, 0)).rejects.toThrow(/no labelled pictures/);
});

test("a cancelled job stops between two pictures", async () => {
  const [hub, taken, control] = [new Hub(), new Taken(), new JobControl()];
  const reading = hub.during(() =>
    readHub({ dataset: "someone/pets", perClass: 0, hub: hub.url }, taken, control, () => {
      control.cancel();
    }),
  );
  await expect(reading).rejects.toMatchObject({ code: "cancelled" });
  expect(taken.files).toHaveLength(16);
  expect(hub.requests.some((request) => request.startsWith("/test"))).toBe(false);
});
