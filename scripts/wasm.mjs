// The crate as WebAssembly, twice: an engine for the CPU alone, which a page can start with in a moment, and the whole one,
// which knows WebGPU as well. cargo, then wasm-bindgen, then wasm-opt.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { optimise } from "./engine/optimise.mjs";
import { writePackage } from "./engine/package.mjs";
import { setUp } from "./setup/index.mjs";
import { ROOT } from "./setup/places.mjs";
import { Failure, run } from "./setup/process.mjs";

export const TARGET = "wasm32-unknown-unknown";

/** The profile of the whole engine and of its tests, so that Burn is compiled for both at once. */
export const WHOLE_PROFILE = "whole-engine";

/**
 * `passes` are wasm-opt's. Its best ones take ten times as long, and what they leave is smaller, but not once it is
 * compressed: docs/PERFORMANCE.md has both. The whole engine is stripped of names alone: the passes would take more than a
 * minute of every build, for 2 % of a file that nobody waits for and no speed.
 */
export const ENGINES = [
  { name: "cpu", folder: join(ROOT, "pkg", "cpu"), profile: "engine", features: [], passes: ["-O1"] },
  { name: "whole", folder: join(ROOT, "pkg"), profile: WHOLE_PROFILE, features: ["webgpu"], passes: [] },
];

/**
 * Writes pkg/: both engines as JavaScript, types and optimised modules, and what makes a package of them. They are built at
 * the same time: linking one and optimising a module each take minutes on a single core.
 */
export async function buildWasm() {
  await allOf(ENGINES.map(buildEngine));
  writePackage(join(ROOT, "pkg"));
}

/** Builds one of the {@link ENGINES}. */
export async function buildEngine({ folder, profile, features, passes }) {
  // The tools are wanted afterwards; where they have to be compiled, that takes as long as the half of an engine.
  await allOf([compile(profile, features), setUp(["tools"])]);
  const built = join(process.env.CARGO_TARGET_DIR, TARGET, profile, "unicam.wasm");
  mkdirSync(folder, { recursive: true });
  await run("wasm-bindgen", ["--target", "web", "--out-dir", folder, "--out-name", "unicam", built]);
  const module = join(folder, "unicam_bg.wasm");
  refuseWrappedExports(module);
  await optimise(module, passes);
}

async function compile(profile, features) {
  const chosen = features.length > 0 ? ["--features", features.join(",")] : [];
  await run("cargo", ["build", "--lib", "--target", TARGET, "--profile", profile, "--no-default-features", ...chosen]);
}

/** Waits for everything, so that nothing is left running when one thing fails. */
async function allOf(work) {
  const ended = await Promise.allSettled(work);
  const failed = ended.find(({ status }) => status === "rejected");
  if (failed) throw failed.reason;
}

/**
 * An export that the linker wrapped runs every constructor at every call from JavaScript: src/tensors/device/constructors.rs says
 * why none is. The names of functions are still there before wasm-opt.
 */
function refuseWrappedExports(file) {
  const names = WebAssembly.Module.customSections(new WebAssembly.Module(readFileSync(file)), "name");
  if (names.length === 0) throw new Failure(`${file} names no functions, so wrapped exports could not be seen`);
  if (names.some((section) => Buffer.from(section).includes(".command_export")))
    throw new Failure(`${file} has wrapped exports (*.command_export): each call would run all constructors again`);
}
