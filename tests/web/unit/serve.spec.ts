import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { expect, test } from "@playwright/test";

const SERVER = pathToFileURL(join(import.meta.dirname, "../../../scripts/serve.mjs")).href;

type Serve = (folder: string) => Promise<{ address: string; close: () => void }>;

test("what is there may be kept for ever by its name, and what is not there for no time", async () => {
  const folder = mkdtempSync(join(tmpdir(), "unicam-serve-"));
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "assets/page.0123.js"), "");
  const { serve } = (await import(SERVER)) as { serve: Serve };
  const server = await serve(folder);
  try {
    const asked = async (path: string): Promise<[number, string | null]> => {
      const answer = await fetch(server.address + path);
      await answer.arrayBuffer();
      return [answer.status, answer.headers.get("cache-control")];
    };
    expect(await asked("assets/page.0123.js")).toEqual([200, "public, max-age=31536000, immutable"]);
    // It may be there the next time, as while a newer version is put in place.
    expect(await asked("assets/page.4567.js")).toEqual([404, "no-cache"]);
    expect(await asked("nothing")).toEqual([404, "no-cache"]);
  } finally {
    server.close();
    rmSync(folder, { recursive: true });
  }
});
