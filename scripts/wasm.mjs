// The crate as WebAssembly: wasm-pack, then wasm-opt.

import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { CACHE, ROOT } from "./setup/places.mjs";
import { Failure, run, runPackage } from "./setup/process.mjs";

const MODULE = join(ROOT, "pkg", "unicam_bg.wasm");
const OPTIMISED = join(CACHE, "wasm-opt");
const KEPT = 4;

const FLAGS = [
  // -Oz took ten minutes on a module of this size and saved little more.
  "-O1",
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

/** Writes pkg/: the optimised module, its JavaScript and its types. */
export async function buildWasm() {
  await run("wasm-pack", ["build", "--target", "web", "--release"]);
  refuseWrappedExports(MODULE);
  await optimise();
}

/**
 * An export that the linker wrapped runs every constructor at every call from JavaScript: src/wasm/constructors.rs says
 * why none is. The names of functions are still there before wasm-opt.
 */
function refuseWrappedExports(file) {
  const names = WebAssembly.Module.customSections(new WebAssembly.Module(readFileSync(file)), "name");
  if (names.length === 0) throw new Failure(`${file} names no functions, so wrapped exports could not be seen`);
  if (names.some((section) => Buffer.from(section).includes(".command_export")))
    throw new Failure(`${file} has wrapped exports (*.command_export): each call would run all constructors again`);
}

/** Takes minutes, so results are kept outside the clone, named by what went in. */
async function optimise() {
  const { version } = JSON.parse(readFileSync(join(ROOT, "node_modules", "binaryen", "package.json"), "utf8"));
  const key = createHash("sha256")
    .update(readFileSync(MODULE))
    .update(JSON.stringify([version, FLAGS]))
    .digest("hex");
  const kept = join(OPTIMISED, `${key}.wasm`);
  if (!existsSync(kept)) {
    console.log(`wasm-opt: optimising ${megabytes(MODULE)}, a minute or two; the result is kept for the next time`);
    mkdirSync(OPTIMISED, { recursive: true });
    const part = join(OPTIMISED, `${key}.${process.pid}.part`);
    await runPackage("binaryen", [...FLAGS, MODULE, "-o", part], {
      command: "wasm-opt",
      nodeArgs: ["--max-old-space-size=8192"],
    });
    renameSync(part, kept);
    forgetOldest();
  }
  copyFileSync(kept, MODULE);
  console.log(`wasm-opt: ${MODULE} has ${megabytes(MODULE)}`);
}

function forgetOldest() {
  const files = readdirSync(OPTIMISED).map((name) => join(OPTIMISED, name));
  files.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const file of files.slice(KEPT)) rmSync(file);
}

function megabytes(file) {
  return `${(statSync(file).size / 1e6).toFixed(1)} MB`;
}
