// Compares the engine with TensorFlow.js and jax-js in one browser, and writes docs/PERFORMANCE.md: `npm run build:wasm`,
// then `npm run bench`. `npm run bench -- --help` lists the options.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { launch } from "./bench/browser.mjs";
import { HELP, readOptions } from "./bench/options.mjs";
import { measure } from "./bench/measure.mjs";
import { document, tables } from "./bench/report.mjs";
import { reportAndExit } from "./report.mjs";
import { serve } from "./serve.mjs";
import { setUp } from "./setup/index.mjs";
import { CACHE_IN_CLONE, ROOT } from "./setup/places.mjs";
import { Failure, runPackage } from "./setup/process.mjs";

const PAGE = join(CACHE_IN_CLONE, "bench");
const DOCUMENT = join(ROOT, "docs", "PERFORMANCE.md");
const SIZES = join(ROOT, "docs", "sizes.json");
const SOAK = join(ROOT, "docs", "soak.json");
/** The newest whole run with a GPU, and the newest without. */
const RECORDS = { gpu: join(ROOT, "docs", "performance-gpu.json"), software: join(ROOT, "docs", "performance.json") };

/** Memory that threads share is only to be had on a page that no other origin has a hand in. */
const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) console.log(HELP);
  else if (options.write) await writeDocument();
  else await bench(options);
} catch (error) {
  reportAndExit(error);
}
process.exit();

async function bench(options) {
  if (!options.built && !existsSync(join(ROOT, "pkg", "unicam_bg.wasm")))
    throw new Failure("There is no engine yet: npm run build:wasm makes it");
  if (!options.built) await build(options);
  const { address } = await serve(PAGE, ISOLATED);
  const browser = await launch(address, options);
  try {
    const record = await measure(browser, address, PAGE, options);
    console.log(`\n${tables(record)}`);
    const isWhole = options.peers && !options.only;
    const place = record.isSoftware ? RECORDS.software : RECORDS.gpu;
    write(options.json ? resolve(options.json) : isWhole && place, `${JSON.stringify(record, null, 1)}\n`);
    if (isWhole && !options.json) await writeDocument();
    else console.log("docs/PERFORMANCE.md stays as it was");
  } finally {
    await browser.close();
  }
}

async function writeDocument() {
  const records = Object.values(RECORDS).filter((file) => existsSync(file));
  const read = (file) => JSON.parse(readFileSync(file, "utf8"));
  const [sizes, soak] = [SIZES, SOAK].map((path) => (existsSync(path) ? read(path) : null));
  write(DOCUMENT, await document(records.map(read), sizes, soak));
}

async function build({ chromium }) {
  await setUp(chromium ? ["packages"] : ["packages", "browser"]);
  console.log("Bundling the engines");
  await runPackage("webpack", ["--config", "bench/webpack.config.mjs", "--stats=errors-only"]);
}

function write(file, text) {
  if (!file) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(file);
}
