// What a command can need. Each is made ready once per process, and says a line only if it had something to do.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { setUpBrowser } from "./browser.mjs";
import { setUpPackages } from "./packages.mjs";
import { CACHE, ROOT } from "./places.mjs";
import { setUpRust } from "./rust.mjs";
import { setUpTools } from "./tools.mjs";

const needs = { packages: setUpPackages, rust: setUpRust, tools: setUpTools, browser: setUpBrowser };
const ready = new Map();

/** Makes the named needs ready, in the order given: `tools` wants `rust` before it, `browser` wants `packages`. */
export async function setUp(names) {
  setUpEnvironment();
  for (const name of names) {
    if (!ready.has(name)) ready.set(name, needs[name]());
    await ready.get(name);
  }
}

function setUpEnvironment() {
  // Outside the clone, so that the next clone does not compile Burn again.
  process.env.CARGO_TARGET_DIR ??= join(CACHE, "target");
  // Real pictures and weights for the tests that want them; without, those tests say that they skipped.
  const data = resolve(ROOT, process.env.UNICAM_DATA || "../shared/data");
  if (existsSync(data)) process.env.UNICAM_DATA = data;
  else delete process.env.UNICAM_DATA;
}
