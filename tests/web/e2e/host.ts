// A static host as there are many: a folder's files below some path, and nothing else.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import sirv from "sirv";

export interface Host {
  /** where the folder's index lies, with a slash behind */
  address: string;
  /** no visitor reaches it any more */
  close(): Promise<void>;
}

/** Serves a folder below a path that begins and ends with a slash. */
export async function host(folder: string, path: string): Promise<Host> {
  const files = sirv(folder, { dev: true });
  const server: Server = createServer((request, response) => {
    const missing = (): void => {
      response.writeHead(404).end();
    };
    if (!request.url?.startsWith(path)) {
      missing();
      return;
    }
    request.url = request.url.slice(path.length - 1);
    files(request, response, missing);
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://localhost:${String(port)}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
