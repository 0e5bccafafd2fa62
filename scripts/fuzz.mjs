// Fuzzing led by coverage: `npm run fuzz -- TARGET [--seconds N]`. Begins with the files and bombs of tests/fuzzing, and keeps
// what it finds new in fuzz/corpus; an input that fails is named, and lies in fuzz/artifacts.

import { mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { reportAndExit } from "./report.mjs";
import { setUp } from "./setup/index.mjs";
import { CACHE, ROOT } from "./setup/places.mjs";
import { ask, Failure, run } from "./setup/process.mjs";

const FUZZ = join(ROOT, "fuzz");
const TARGETS = readdirSync(join(FUZZ, "fuzz_targets"))
  .map((file) => basename(file, ".rs"))
  .sort();
const SECONDS = 60;
/** What the bounded run allows as well: seconds that an input may take, and MiB that the program may have. */
const LONGEST = 10;
const MOST_MEMORY = 3072;

const HELP = `npm run fuzz -- TARGET [--seconds N]
  TARGET        one of ${TARGETS.join(", ")}
  --seconds N   how long, ${SECONDS} unless given; 0 goes on until something fails or Ctrl+C`;

try {
  const { values, positionals } = parseArgs({
    options: { help: { type: "boolean" }, seconds: { type: "string", default: String(SECONDS) } },
    allowPositionals: true,
  });
  const [target, ...more] = positionals;
  const seconds = Number(values.seconds);
  if (values.help) console.log(HELP);
  else if (more.length > 0 || !TARGETS.includes(target)) throw new Failure(`There is no target "${target}".\n${HELP}`);
  else if (!Number.isInteger(seconds) || seconds < 0) throw new Failure(`--seconds takes a whole number.\n${HELP}`);
  else await fuzz(target, seconds);
} catch (error) {
  reportAndExit(error);
}

async function fuzz(target, seconds) {
  await setUp(["rust"]);
  checkTools();
  const seeds = join(CACHE, "fuzz", "seeds");
  const writing = ["--test", "fuzzing", "writes_corpora", "--", "--ignored", "--exact"];
  await run("cargo", ["test", "--release", "--no-default-features", ...writing], {
    env: { UNICAM_FUZZ_CORPUS: seeds },
  });
  const found = join(FUZZ, "corpus", target);
  mkdirSync(found, { recursive: true });
  const limits = [`-max_total_time=${seconds}`, `-timeout=${LONGEST}`, `-rss_limit_mb=${MOST_MEMORY}`];
  const { toolchain, env } = compiler();
  await run(
    "cargo",
    [...toolchain, "fuzz", "run", "--sanitizer", "none", target, found, join(seeds, target), "--", ...limits],
    { env },
  );
}

/**
 * Coverage is an unstable option: a nightly compiler's, or the usual one's that is told to take it. The address sanitizer is left
 * out: the readers have no unsafe code of their own, Burn takes far longer to compile with it, and fewer inputs are tried.
 */
function compiler() {
  if (ask("cargo", ["+nightly", "--version"]) !== null) return { toolchain: ["+nightly"], env: {} };
  return { toolchain: [], env: { RUSTC_BOOTSTRAP: "1" } };
}

function checkTools() {
  if (ask("cargo", ["fuzz", "--version"]) === null)
    throw new Failure(
      "Fuzzing needs more than the set-up installs: cargo-fuzz, by `cargo install --locked cargo-fuzz`.\n" +
        "Without it, `cargo test --release --no-default-features --test fuzzing` makes a bounded run with the same readers.",
    );
}
