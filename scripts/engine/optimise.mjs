// wasm-opt over a built module. It takes minutes for a large one, so results are kept outside the clone.

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { CACHE, ROOT } from "../setup/places.mjs";
import { runPackage } from "../setup/process.mjs";

const OPTIMISED = join(CACHE, "wasm-opt");
/** Results of both engines for as many builds. */
const KEPT = 8;

const FLAGS = [
  "--strip-debug",
  // What rustc and wasm-bindgen emit; wasm-opt refuses instructions that it was not told of.
  "--enable-bulk-memory",
  "--enable-bulk-memory-opt",
  "--enable-call-indirect-overlong",
  "--enable-multivalue",
  "--enable-mutable-globals",
  "--enable-nontrapping-float-to-int",
  "--enable-reference-types",
  "--enable-sign-ext",
  "--enable-simd",
];

/** Puts the optimised module in the place of the built one. Results are named by what went in. */
export async function optimise(module, passes) {
  const { version } = JSON.parse(readFileSync(join(ROOT, "node_modules", "binaryen", "package.json"), "utf8"));
  const flags = [...passes, ...FLAGS];
  const key = createHash("sha256")
    .update(readFileSync(module))
    .update(JSON.stringify([version, flags]))
    .digest("hex");
  const kept = join(OPTIMISED, `${key}.wasm`);
  if (!existsSync(kept)) {
    console.log(`wasm-opt: optimising ${megabytes(module)}, a minute or two; the result is kept for the next time`);
    mkdirSync(OPTIMISED, { recursive: true });
    const part = join(OPTIMISED, `${key}.${process.pid}.part`);
    await runPackage("binaryen", [...flags, module, "-o", part], {
      command: "wasm-opt",
      nodeArgs: ["--max-old-space-size=8192"],
    });
    renameSync(part, kept);
    forgetOldest();
  }
  copyFileSync(kept, module);
  console.log(`wasm-opt: ${module} has ${megabytes(module)}`);
}

function forgetOldest() {
  const files = readdirSync(OPTIMISED).map((name) => join(OPTIMISED, name));
  files.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const file of files.slice(KEPT)) rmSync(file);
}

function megabytes(file) {
  return `${(statSync(file).size / 1e6).toFixed(1)} MB`;
}
