// What each step of making the engines small has gained, and what it cost in speed: `npm run sizes` builds the engine in each
// of the ways below and writes docs/sizes.json, from which `npm run bench -- --write` makes a part of docs/PERFORMANCE.md.
// Some of these builds take long; `npm run sizes -- NAME...` makes those that are named and keeps the rest of the record.

import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { median } from "./bench/statistics.mjs";
import { paces } from "./engine/paces.mjs";
import { reportAndExit } from "./report.mjs";
import { setUp } from "./setup/index.mjs";
import { CACHE, ROOT } from "./setup/places.mjs";
import { Failure } from "./setup/process.mjs";
import { buildEngine, WHOLE_PROFILE } from "./wasm.mjs";

const RECORD = join(ROOT, "docs", "sizes.json");
const BUILT = join(CACHE, "sizes");
/** Samples of each work on each engine. */
const ROUNDS = 9;

/** From how engines were built before to how they are built. */
const WAYS = [
  {
    name: "one-engine",
    title: "both devices, as `cargo build --release` makes it, shipped weights inside",
    profile: "release",
    features: ["webgpu", "shipped-weights"],
    passes: ["-O1"],
  },
  {
    name: "cpu-release",
    title: "the CPU alone, `--release`, weights inside",
    profile: "release",
    features: ["shipped-weights"],
    passes: ["-O1"],
  },
  {
    name: "cpu-weights",
    title: "the CPU alone, `--release`, weights as files",
    profile: "release",
    features: [],
    passes: ["-O1"],
  },
  {
    name: "cpu-small",
    title: '… and `opt-level = "s"` where nothing is computed and no file is read',
    profile: WHOLE_PROFILE,
    features: [],
    passes: ["-O1"],
  },
  {
    name: "cpu-lto",
    title: '… weights as files, `opt-level = "s"` where nothing is computed, link-time optimisation, one codegen unit',
    profile: "engine",
    features: [],
    passes: ["-O1"],
  },
  {
    name: "cpu-oz",
    title: "the same after `wasm-opt -Oz --converge` instead of `-O1`",
    profile: "engine",
    features: [],
    passes: ["-Oz", "--converge"],
  },
  {
    name: "cpu",
    title: "**the engine that the page begins with**",
    profile: "engine",
    features: [],
    passes: ["-O1"],
  },
  {
    name: "whole-o1",
    title: "both devices, weights as files, after `wasm-opt -O1`",
    profile: WHOLE_PROFILE,
    features: ["webgpu"],
    passes: ["-O1"],
  },
  {
    name: "whole",
    title: "**the engine that is fetched behind it**: both devices, weights as files",
    profile: WHOLE_PROFILE,
    features: ["webgpu"],
    passes: [],
  },
];

const HELP = `npm run sizes -- [NAME...] [options]
  NAME...      ways to build, all unless some are named: ${WAYS.map(({ name }) => name).join(", ")}
  --measure    builds nothing: measures what an earlier call has built`;

try {
  const { values, positionals } = parseArgs({
    options: { help: { type: "boolean" }, measure: { type: "boolean" } },
    allowPositionals: true,
  });
  const unknown = positionals.find((name) => !WAYS.some((way) => way.name === name));
  if (unknown) throw new Failure(`There is no way "${unknown}".\n${HELP}`);
  if (values.help) console.log(HELP);
  else {
    if (!values.measure) await build(positionals);
    await record();
  }
} catch (error) {
  reportAndExit(error);
}

async function build(names) {
  await setUp(["packages", "rust", "tools"]);
  for (const way of WAYS) {
    if (names.length > 0 && !names.includes(way.name)) continue;
    await buildEngine({ ...way, folder: join(BUILT, way.name) });
    copyFileSync(join(ROOT, "package.json"), join(BUILT, way.name, "package.json"));
  }
}

/** Measures all that are built beside one another, so that ratios mean something. */
async function record() {
  const ways = WAYS.filter(({ name }) => existsSync(join(BUILT, name, "unicam_bg.wasm")));
  const samples = await paces(
    ways.map(({ name }) => join(BUILT, name)),
    ROUNDS,
  );
  const rows = ways.map(({ name, title }, index) => {
    const module = readFileSync(join(BUILT, name, "unicam_bg.wasm"));
    const ms = samples[index];
    return {
      name,
      title,
      bytes: module.length,
      gzip: gzipSync(module, { level: 9 }).length,
      brotli: brotli(module),
      ms,
    };
  });
  mkdirSync(join(ROOT, "docs"), { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(
    RECORD,
    `${JSON.stringify({ command: "npm run sizes", date, node: process.version, rows }, null, 1)}\n`,
  );
  for (const { name, bytes, brotli, ms } of rows)
    console.log(
      name.padEnd(12),
      bytes,
      brotli,
      Object.entries(ms).map(([work, all]) => `${work} ${median(all).toFixed(1)}`),
    );
  console.log(RECORD);
}

function brotli(bytes) {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24 };
  return brotliCompressSync(bytes, { params }).length;
}
