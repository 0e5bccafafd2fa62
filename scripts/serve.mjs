// Serves the built page on localhost: `node scripts/serve.mjs`, PORT optional, another folder than dist if it is named.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { COMMON, IMMUTABLE, RENEWED } from "./build/hosting.mjs";
import { headerPolicy, metaPolicy, policyOf } from "./csp.mjs";
import { reportAndExit } from "./report.mjs";
import { ROOT } from "./setup/places.mjs";
import { Failure } from "./setup/process.mjs";

const FIRST_PORT = 4173;

/**
 * Starts the server of a built page; its address. A port asked for by PORT is taken or refused; else the next free one is
 * used. `more` are headers that every answer carries beside the usual ones.
 */
export async function serve(folder = join(ROOT, "dist"), more = {}) {
  // Imported here because this file is loaded before the npm packages are there.
  const { default: sirv } = await import("sirv");
  // `dev` reads from disk for every request, so that a new build is served without a restart.
  const setHeaders = headersOf(folder, { ...COMMON, ...more });
  const files = sirv(folder, { dev: true, brotli: true, gzip: true, setHeaders });
  const server = createServer((request, response) => {
    files(request, response, () => {
      setHeaders(response, request.url);
      // A file that is not there yet may be there the next time.
      response.setHeader("Cache-Control", RENEWED);
      response.writeHead(404).end("Not found");
    });
  });
  return { address: `http://localhost:${await listen(server)}/`, close: () => server.close() };
}

/** A port that {@link serve} could have, for someone who has to name one. */
export async function freePort() {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** What every answer says; the policy is the one that the page carries at that moment. */
function headersOf(folder, headers) {
  const page = join(folder, "index.html");
  return (response, path) => {
    const policy = existsSync(page) ? policyOf(readFileSync(page, "utf8")) : metaPolicy();
    response.setHeader("Content-Security-Policy", headerPolicy(policy));
    response.setHeader("Cache-Control", path.startsWith("/assets/") ? IMMUTABLE : RENEWED);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  };
}

async function listen(server) {
  const asked = Number(process.env.PORT || 0);
  for (let port = asked || FIRST_PORT; ; port += 1) {
    try {
      return await bind(server, port);
    } catch (error) {
      if (asked) throw new Failure(`PORT=${asked} cannot be used: ${error.message}`);
      if (error.code !== "EADDRINUSE") throw error;
    }
  }
}

function bind(server, port) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "localhost", () => {
      server.off("error", reject);
      resolve(port);
    });
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const { address } = await serve(process.argv[2]);
    console.log(`UniCAM is at ${address} (Ctrl+C ends it)`);
  } catch (error) {
    reportAndExit(error);
  }
}
