// Whether the built page's memory grows with use: `npm run build`, then `npm run soak -- [FOLDER] [--minutes N] [--write]`.
// Half of the time every round (train, explain, score, export) is one of the same page, half of it the page is loaded anew before
// every round. With --write docs/soak.json keeps the outcome, from which `npm run bench -- --write` makes a part of docs/PERFORMANCE.md.

import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { reportAndExit } from "./report.mjs";
import { serve } from "./serve.mjs";
import { setUp } from "./setup/index.mjs";
import { ROOT } from "./setup/places.mjs";
import { Failure } from "./setup/process.mjs";
import { FEWEST, growth, mebibytes } from "./soak/judge.mjs";
import { memoryOf } from "./soak/memory.mjs";

const MINUTES = 10;
const RECORD = join(ROOT, "docs", "soak.json");
/** How far the last third of the rounds may lie above the second, bytes. */
const BOUNDS = { page: 4 << 20, worker: 4 << 20, wasm: 8 << 20 };
/** Longest that one step of a round may take, milliseconds. */
const LONGEST = 600_000;
/** A small run of everything. */
const SETTINGS = { train: 120, test: 48, steps: 20, batch: 8, "report-every": 5, "evaluate-every": 10, reference: 12 };

try {
  const { values, positionals } = parseArgs({
    options: { minutes: { type: "string", default: String(MINUTES) }, write: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const [folder = join(ROOT, "dist")] = positionals;
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new Failure("--minutes takes a number above 0.");
  if (!existsSync(join(folder, "index.html")))
    throw new Failure(`There is no page in ${folder}: \`npm run build\` first.`);
  await setUp(["packages", "browser"]);
  await soak(folder, minutes, values.write);
} catch (error) {
  reportAndExit(error);
}
process.exit();

async function soak(folder, minutes, isKept) {
  const { chromium } = await import("@playwright/test");
  const { address, close } = await serve(folder);
  const browser = await chromium.launch({ executablePath: process.env.CHROME, args: ["--no-sandbox"] });
  const where = `${address}?device=cpu#${new URLSearchParams(SETTINGS).toString()}`;
  const [problems, parts] = [[], []];
  try {
    for (const [name, isReloaded] of [
      ["in one page", false],
      ["loaded anew", true],
    ]) {
      const rounds = await roundsOf(browser, where, { name, isReloaded, seconds: 30 * minutes });
      const grown = growth(rounds, BOUNDS);
      problems.push(...grown.map((problem) => `${name}: ${problem}`));
      if (grown.length === 0) console.log(`${name}: ${rounds.length} rounds, nothing above its bound`);
      parts.push({ name, rounds: rounds.length, first: sizesOf(rounds[0]), last: sizesOf(rounds.at(-1)) });
    }
    const record = {
      command: `npm run soak -- --minutes ${minutes}`,
      date: new Date().toISOString().slice(0, 10),
      parts,
    };
    if (isKept) writeFileSync(RECORD, `${JSON.stringify(record, null, 1)}\n`);
  } finally {
    await browser.close();
    close();
  }
  if (problems.length > 0) throw new Failure(problems.join("\n"));
}

async function roundsOf(browser, where, { name, isReloaded, seconds }) {
  const page = await browser.newPage();
  page.setDefaultTimeout(LONGEST);
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  const memory = await memoryOf(page);
  const rounds = [];
  await page.goto(where);
  const begun = performance.now();
  while (rounds.length < FEWEST || performance.now() - begun < 1000 * seconds) {
    if (isReloaded && rounds.length > 0) await page.reload();
    const started = performance.now();
    await round(page);
    const now = await memory.read();
    if (faults.length > 0) throw new Failure(`${name}, round ${rounds.length + 1}: ${faults.join("; ")}`);
    if (now.workers === 0 || now.wasm === 0) throw new Failure("The page has no engine whose memory could be read.");
    rounds.push(now);
    const taken = ((performance.now() - started) / 1000).toFixed(1);
    const sizes = Object.entries(sizesOf(now)).map(([kind, size]) => `${kind} ${size} MiB`);
    console.log(`${name}, round ${rounds.length}: ${taken} s, ${sizes.join(", ")}`);
  }
  await page.close();
  return rounds;
}

/** Each kind of memory, MiB, as it is printed. */
function sizesOf(memory) {
  return Object.fromEntries(Object.keys(BOUNDS).map((kind) => [kind, mebibytes(memory[kind])]));
}

/** What a visitor does: a whole run, maps of other layers, and the results as files; then the run is put out of the lab. */
async function round(page) {
  await page.locator('[data-testid="run-all"]:enabled').click();
  // The former run's results are there until the new one begins. That moment may pass unseen; the run in the lab stays.
  await reached(page, page.getByTestId("delete-1"));
  for (const step of ["distil", "look", "scores"])
    await reached(page, page.locator(`[data-testid="step-${step}"][data-status="done"]`));
  for (const layer of [1, 3]) {
    await page.getByTestId(`layer-${layer}`).check();
    await page.locator(`[data-testid="cards"][data-layer="layer${layer}"][data-stale="false"]`).waitFor();
  }
  for (const file of ["report", "bundle"]) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId(`export-${file}`).click()]);
    await download.delete();
  }
  // The lab holds up to 24 runs with their maps: growth that is meant, and that would hide what is not.
  await page.getByTestId("delete-1").click();
}

/** Waits for something to be seen, or says what the page says instead. */
async function reached(page, wanted) {
  const alert = page.getByRole("alert");
  await wanted.or(alert).first().waitFor();
  if (!(await wanted.isVisible())) throw new Failure(`The page says: ${await alert.first().innerText()}`);
}
