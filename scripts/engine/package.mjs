// What makes a folder of engines a package that other people's pages can install: both engines, the shipped weights, a
// door for them, types, licence and README.

import { copyFileSync, cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { manifest, ROOT } from "../setup/places.mjs";

const DOOR = join(ROOT, "src", "wasm", "package");
const WEIGHTS = join(ROOT, "src", "models", "shipped");

/** Writes everything but the engines. */
export function writePackage(folder) {
  rmSync(join(folder, "weights"), { recursive: true, force: true });
  mkdirSync(join(folder, "weights"), { recursive: true });
  for (const file of readdirSync(WEIGHTS).filter((name) => name.endsWith(".safetensors")))
    copyFileSync(join(WEIGHTS, file), join(folder, "weights", file));
  cpSync(DOOR, folder, { recursive: true });
  for (const file of ["README.md", "LICENSE"]) copyFileSync(join(ROOT, file), join(folder, file));
  const engine = ["unicam_bg.wasm", "unicam.js", "unicam.d.ts"];
  const about = {
    name: "unicam",
    type: "module",
    description: manifest("description"),
    version: manifest("version"),
    license: manifest("license"),
    files: [...engine, ...engine.map((file) => `cpu/${file}`), "weights.js", "weights.d.ts", "weights"],
    main: "unicam.js",
    types: "unicam.d.ts",
    sideEffects: false,
  };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(about, null, 2)}\n`);
}
