// A proxy that everything a browser asks of the network goes through: pages, workers, service workers, beacons, sockets.

import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import webdriver from "../../../webdriver.json" with { type: "json" };

/**
 * How a browser is launched whose own requests are not to be taken for the page's: Chromium asks its maker how forms are
 * filled in.
 */
export const QUIET = {
  executablePath: process.env["CHROME"] ?? "",
  args: [...webdriver["goog:chromeOptions"].args, "--disable-features=AutofillServerCommunication"],
};

/** What went over the wire. */
export interface Wire {
  /** for a browser context; its own machine is no exception */
  proxy: { server: string; bypass: string };
  /** every request: its method and its whole address, or `CONNECT` and a host for what is encrypted or a socket */
  asked: string[];
  /** the origins that were asked, each once */
  origins(): string[];
  close(): void;
}

/** Starts the proxy. Hosts of this machine are reached through it; all others are counted, and answered by an error. */
export async function startWire(): Promise<Wire> {
  const asked: string[] = [];
  const server = createServer((incoming: IncomingMessage, answer: ServerResponse) => {
    const url = new URL(incoming.url ?? "");
    asked.push(`${incoming.method ?? ""} ${url.href}`);
    if (!["localhost", "127.0.0.1"].includes(url.hostname)) {
      answer.writeHead(502, { "Access-Control-Allow-Origin": "*" }).end();
      return;
    }
    const onward = request(url, { method: incoming.method, headers: incoming.headers }, (found) => {
      answer.writeHead(found.statusCode ?? 502, found.headers);
      found.pipe(answer);
    });
    onward.on("error", () => {
      answer.destroy();
    });
    incoming.pipe(onward);
  });
  server.on("connect", (incoming, socket) => {
    asked.push(`CONNECT ${incoming.url ?? ""}`);
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    proxy: { server: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, bypass: "<-loopback>" },
    asked,
    origins: () => [...new Set(asked.map(originOf))],
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function originOf(line: string): string {
  const [method = "", address = ""] = line.split(" ");
  return method === "CONNECT" ? `${method} ${address}` : new URL(address).origin;
}
