// wasm-bindgen's tools, of exactly the version that this commit names: built by its makers where they offer them for this
// system, else compiled here.

import { rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { CACHE, wasmBindgenVersion } from "./places.mjs";
import { fetchPrebuilt } from "./prebuilt.mjs";
import { ask, Failure, run, say } from "./process.mjs";

const CRATE = "wasm-bindgen-cli";
const COMMANDS = ["wasm-bindgen", "wasm-bindgen-test-runner"];
/** Where cargo compiles them: kept until they are there, so that an interrupted set-up goes on where it was. */
const WORKSHOP = join(CACHE, "tools", "build");

export async function setUpTools() {
  const version = wasmBindgenVersion();
  const folder = join(CACHE, "tools", `${CRATE}-${version}`);
  const bin = join(folder, "bin");
  // First on PATH even where the user has a tool of that name: another version would be refused.
  process.env.PATH = [bin, process.env.PATH].join(delimiter);
  if (isThere(version)) return;
  try {
    await fetchPrebuilt(version, COMMANDS, bin);
    if (isThere(version)) return;
    throw new Failure("what came does not run here");
  } catch (failure) {
    say(`${CRATE} ${version}: not to be had ready-made (${failure.message}), so compiling it once, some minutes`);
  }
  await compile(version, folder);
  rmSync(WORKSHOP, { recursive: true, force: true });
}

async function compile(version, folder) {
  const install = (...how) =>
    // Without TLS: a test's browser is asked on this machine alone.
    run(
      "cargo",
      ["install", "--root", folder, "--force", "--no-default-features", ...how, "--version", version, CRATE],
      {
        // A module is turned in seconds by a tool that was compiled in half the time.
        env: { CARGO_TARGET_DIR: WORKSHOP, CARGO_PROFILE_RELEASE_OPT_LEVEL: "1" },
      },
    );
  try {
    await install("--locked");
  } catch (failure) {
    // A registry's mirror may lack a yanked version that the tool's lock file still names.
    say(`${CRATE}: ${failure.message}; once more with the newest dependencies that fit`);
    await install();
  }
}

function isThere(version) {
  return COMMANDS.every((command) => ask(command, ["--version"])?.trim().split(" ").at(-1) === version);
}
