// wasm-bindgen's tools and wasm-pack, of exactly the versions that this commit names.

import { rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { CACHE, WASM_PACK, wasmBindgenVersion } from "./places.mjs";
import { ask, run, say } from "./process.mjs";

/** Where cargo compiles the tools: kept until both are there, so that an interrupted set-up goes on where it was. */
const WORKSHOP = join(CACHE, "tools", "build");

export async function setUpTools() {
  await setUpTool("wasm-bindgen-cli", wasmBindgenVersion(), ["wasm-bindgen", "wasm-bindgen-test-runner"]);
  await setUpTool("wasm-pack", WASM_PACK, ["wasm-pack"]);
  rmSync(WORKSHOP, { recursive: true, force: true });
}

async function setUpTool(crate, version, commands) {
  const folder = join(CACHE, "tools", `${crate}-${version}`);
  // First on PATH even where the user has a tool of that name: wasm-pack refuses any other version.
  process.env.PATH = [join(folder, "bin"), process.env.PATH].join(delimiter);
  if (commands.every((command) => hasVersion(command, version))) return;
  say(`${crate} ${version}: compiling it once, some minutes (cargo install)`);
  const install = (...how) =>
    run("cargo", ["install", "--root", folder, "--force", ...how, "--version", version, crate], {
      env: { CARGO_TARGET_DIR: WORKSHOP },
    });
  try {
    await install("--locked");
  } catch (failure) {
    // A registry's mirror may lack a yanked version that the tool's lock file still names.
    say(`${crate}: ${failure.message}; once more with the newest dependencies that fit`);
    await install();
  }
}

function hasVersion(command, version) {
  return ask(command, ["--version"])?.trim().split(" ").at(-1) === version;
}
