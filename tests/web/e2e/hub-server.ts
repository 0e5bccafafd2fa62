// A server of the Hugging Face hub's layout on this machine: a listing, files behind a redirect to another host, ranges.

import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const SMALL = readFileSync(new URL("../../fixtures/hub.parquet", import.meta.url));
const END = 8;

/** Bytes between the pictures and the footer, which says where the pictures are: a file much larger than what is asked of it. */
const GAP = 1_000_000;

const PARQUET = withGap(SMALL, GAP);

/** The same file with bytes that nobody needs before its footer; places in it count from the beginning. */
function withGap(file: Buffer, gap: number): Buffer {
  const footer = file.readUInt32LE(file.length - END);
  const cut = file.length - END - footer;
  return Buffer.concat([file.subarray(0, cut), Buffer.alloc(gap, 7), file.subarray(cut)]);
}

/** The hub: `listing` is what the page is built for, `origins` are all that it needs. */
export interface HubServer {
  listing: string;
  origins: string[];
  /** what was asked for, e.g. "/files/train.parquet bytes=0-99" */
  requests: string[];
  /** bytes of files that were sent */
  sent: number;
  /** bytes of all files together */
  size: number;
  /** time before each part of a file is sent, milliseconds */
  delay: number;
  close(): void;
}

/** Starts the hub and the host that it keeps its files on. */
export async function startHub(): Promise<HubServer> {
  const files = createServer();
  const listing = createServer();
  const [filesAt, listingAt] = await Promise.all([opened(files), opened(listing)]);
  const hub: HubServer = {
    listing: listingAt,
    origins: [listingAt, filesAt],
    requests: [],
    sent: 0,
    size: 2 * PARQUET.length,
    delay: 0,
    close: () => {
      for (const server of [files, listing]) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
  listing.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? "", listingAt);
    hub.requests.push(request.url ?? "");
    response.setHeader("Access-Control-Allow-Origin", "*");
    if (url.pathname !== "/parquet") {
      response.writeHead(302, { Location: `${filesAt}${url.pathname.replace("/resolve", "/files")}` }).end();
    } else if (url.searchParams.get("dataset") === "someone/pets") {
      const entry = (split: string): object => ({
        config: "plain",
        split,
        url: `${listingAt}/resolve/${split}.parquet`,
        size: PARQUET.length,
      });
      response.end(JSON.stringify({ parquet_files: [entry("train"), entry("test")] }));
    } else {
      response.writeHead(404).end("{}");
    }
  });
  files.on("request", (request: IncomingMessage, response: ServerResponse) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    hub.requests.push(`${request.url ?? ""} ${request.headers.range ?? ""}`);
    const part = PARQUET.subarray(Number(from ?? 0), from === undefined ? undefined : Number(to) + 1);
    setTimeout(() => {
      hub.sent += part.length;
      response.writeHead(from === undefined ? 200 : 206, { "Access-Control-Allow-Origin": "*" }).end(part);
    }, hub.delay);
  });
  return hub;
}

async function opened(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
