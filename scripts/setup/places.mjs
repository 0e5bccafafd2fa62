// Where things are kept, and which versions belong to this commit.

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Whatever outlives a clone: compiled dependencies, tools, browsers. */
export const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "unicam");

/** Whatever is made anew with every clone and is no part of the build. */
export const CACHE_IN_CLONE = join(ROOT, "node_modules", ".cache", "unicam");

/** The browser for machines that have none: a Chrome for Testing and the driver of the same version. */
export const CHROME_FOR_TESTING = "156.0.8078.80";

/** The version of wasm-bindgen's tools: the two halves must agree exactly. */
export function wasmBindgenVersion() {
  return find("Cargo.lock", /name = "wasm-bindgen"\r?\nversion = "([^"]+)"/);
}

/** The toolchain that rustup is asked for. */
export function rustChannel() {
  return find("rust-toolchain.toml", /^channel = "([^"]+)"/m);
}

/** The oldest compiler that the crate accepts. */
export function oldestRust() {
  return manifest("rust-version");
}

/** What the crate says of itself under a name. */
export function manifest(name) {
  return find("Cargo.toml", new RegExp(`^${name} = "([^"]+)"`, "m"));
}

function find(file, pattern) {
  const match = pattern.exec(readFileSync(join(ROOT, file), "utf8"));
  if (!match) throw new Error(`${file} has no line like ${pattern}`);
  return match[1];
}
