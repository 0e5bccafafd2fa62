// The wasm32 standard library for Debian's newer Rust, which Debian does not package.

import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asRoot } from "./apt.mjs";
import { CACHE } from "./places.mjs";
import { ask, Failure, run } from "./process.mjs";

/** The linker of the same LLVM as that compiler. */
export const WASM_LINKER = "wasm-ld-22";

/** rustc-web is Debian's maintained Rust for building browsers, newer than its `rustc`. */
export const DEBIAN_PACKAGES = ["rustc-web", "cargo-web", "rust-web-src", "lld-22", "rust-web-clippy", "rustfmt-web"];

const TARGET = "wasm32-unknown-unknown";
const CRATE = "standard_library";
// Both ways to panic and `test`, because the crate's tests run on wasm too.
const BUILD_STD = "build-std=std,panic_abort,panic_unwind,test,proc_macro";

/**
 * Builds an empty crate together with the standard library and puts the library where rustc looks for it. The build
 * folder stays until that is done, so that an interrupted build goes on where it was.
 */
export async function buildStandardLibrary(environment) {
  const sysroot = ask("rustc", ["--print", "sysroot"], { env: environment })?.trim();
  if (!sysroot) throw new Failure("Debian's rustc does not tell where its libraries are.");
  const work = join(CACHE, "standard-library");
  writeEmptyCrate(work);
  await run("cargo", ["-Z", BUILD_STD, "build", "--release", "--target", TARGET], {
    cwd: work,
    // Lets a stable compiler take `-Z`; its own sources are what it was made from, so this is safe here.
    env: { ...environment, RUSTC_BOOTSTRAP: "1", CARGO_TARGET_DIR: join(work, "target") },
  });
  const parts = join(work, TARGET);
  collectLibraries(join(work, "target", TARGET, "release", "deps"), join(parts, "lib"));
  await putInPlace(parts, join(sysroot, "lib", "rustlib", TARGET));
  rmSync(work, { recursive: true });
}

function writeEmptyCrate(folder) {
  mkdirSync(join(folder, "src"), { recursive: true });
  writeFileSync(
    join(folder, "Cargo.toml"),
    `[package]\nname = "${CRATE}"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n`,
  );
  writeFileSync(join(folder, "src", "lib.rs"), "");
}

function collectLibraries(from, to) {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const file of readdirSync(from)) {
    if (file.endsWith(".rlib") && !file.startsWith(`lib${CRATE}-`)) cpSync(join(from, file), join(to, file));
  }
}

/** Copies beside the place, then renames: half a library must never look like a whole one. */
async function putInPlace(folder, place) {
  await asRoot("rm", ["-rf", `${place}.part`, place]);
  await asRoot("cp", ["-r", folder, `${place}.part`]);
  await asRoot("mv", [`${place}.part`, place]);
}
