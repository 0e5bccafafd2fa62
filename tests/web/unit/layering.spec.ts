import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

import { expect, test } from "@playwright/test";

const WWW = join(import.meta.dirname, "../../../www");

/** The folders of the page in the order in which they may import; what stands beside them is no program. */
const ORDER = ["protocol", "state", "text", "render", "client", "views"];
/** Read by programs, but none themselves. */
const DATA = ["example", "locales", "styles", "docs"];
/** Programs of their own, which know the protocol alone. */
const WORKERS = ["worker", "service-worker"];

interface Import {
  file: string;
  /** folder that the file stands in; "" for the entry */
  from: string;
  /** folder that the import points to */
  to: string;
}

function imports(): Import[] {
  const files = readdirSync(WWW, { recursive: true, encoding: "utf8" }).map((file) => file.replaceAll("\\", "/"));
  return files
    .filter((file) => /\.tsx?$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(join(WWW, file), "utf8");
      const found = [...text.matchAll(/(?:from|import|import\()\s*(?:\/\*.*?\*\/\s*)?"(\.[^"]+)"/g)];
      return found.map(([, path = ""]) => {
        const target = posix.normalize(posix.join(posix.dirname(file), path));
        // What the evidence says lies with the documents.
        const to = target.startsWith("../docs/") ? "docs" : (target.split("/")[0] ?? "");
        return { file, from: file.includes("/") ? (file.split("/")[0] ?? "") : "", to };
      });
    });
}

test("every import of the page points back", () => {
  const found = imports();
  expect(found.length, "does this test still read the sources?").toBeGreaterThan(200);
  for (const { file, from, to } of found) {
    if (to === ".." || DATA.includes(to) || from === to) continue;
    // The entry may import everything.
    if (from === "") continue;
    const allowed = WORKERS.includes(from) ? ["protocol"] : ORDER.slice(0, ORDER.indexOf(from));
    expect([...WORKERS, ...ORDER], `${file} has a place in the order`).toContain(from);
    expect(allowed, `${file} imports ${to}`).toContain(to);
  }
});

test("the engine is named by the worker and by the contract alone", () => {
  const naming = imports().filter(({ to }) => to === "..");
  expect(naming.length).toBeGreaterThan(0);
  for (const { file, from } of naming) expect(from === "worker" || file === "protocol/contract.ts", file).toBe(true);
});
