// Runs the plan of a bench: losses and maps are compared first, then times are taken.

import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ROOT } from "../setup/places.mjs";
import { Failure } from "../setup/process.mjs";
import { ENGINES, plan, products } from "./configs.mjs";
import { median } from "./statistics.mjs";

/** Largest relative difference of two engines' losses in the first steps. */
const LOSS_TOLERANCE = 1e-3;
/** Largest difference of two engines' maps as a share of the highest peak. */
const MAP_TOLERANCE = 1e-2;
/** Steps whose losses are compared. */
const COMPARED = 3;
/** Steps that a measurement takes at least, those of the comparison included. */
const LEAST_STEPS = COMPARED + 2;
/** Steps between two reads of the losses, as in the default recipe; every step where steps take seconds. */
const REPORT_EVERY = 5;
const SLOW_STEP = 1000;
const LOADS = 3;
/** What all losses and maps are compared with: our CPU device. */
const [REFERENCE] = ENGINES;
/** Seconds that a page may be silent beyond what it was given. */
const GRACE = 15;
/** Longest wait for a GPU that a closed page has left at work, seconds. */
const SETTLE = 120;

/** Measures everything that the options ask for; the record of it. */
export async function measure(browser, address, folder, options) {
  const budget = new Budget(options);
  const wants = (config, { id }) => !options.only || options.only.test(`${config} ${id}`);
  const engines = ENGINES.filter(
    ({ engine, kind }) => (options.peers || engine === "unicam") && (!options.gpu || kind === "gpu"),
  );
  const stage = new Stage(browser, address);
  const record = about(browser, options);

  const loads = engines.filter((engine) => !engine.gradients && wants("start-up", engine));
  const jobs = plan(browser.isSoftware && !options.all)
    .map((config) => {
      const isOurs = ({ id }) => id === "unicam-webgpu";
      const fits = (engine) =>
        config.isAlone
          ? isOurs(engine)
          : (config.engines ?? engine.kind) === engine.kind && (engine.only?.includes(config.id) ?? true);
      const own = config.points ? engines.filter((engine) => engine === REFERENCE) : engines.filter(fits);
      return { config, engines: own.filter((engine) => wants(config.id, engine)) };
    })
    .filter(({ engines }) => engines.length > 0);
  budget.left = jobs.reduce((sum, { engines }) => sum + engines.length, loads.length);

  for (const engine of loads) {
    record.startUp.push(await budget.run(engine, "start-up", () => startUp(stage, engine, folder)));
  }
  const known = new Map();
  for (const { config, engines } of jobs) {
    if (config.points) record.sweeps.push(await timeGrowth(stage, budget, config));
    else if (config.images) record.pairs.push(await timePairs(stage, budget, config, engines));
    else record.steps.push(await timeSteps(stage, budget, config, engines, known));
  }
  record.seconds = budget.seconds();
  return record;
}

function about(browser, { command, budget }) {
  const { devDependencies: versions } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const [processor] = cpus();
  return {
    command,
    date: new Date().toISOString().slice(0, 10),
    browser: browser.version,
    adapter: browser.adapter,
    isSoftware: browser.isSoftware,
    processor: processor?.model.trim() || "unnamed processor",
    cores: availableParallelism(),
    budget: Number.isFinite(budget) ? budget : null,
    peers: {
      "TensorFlow.js": versions["@tensorflow/tfjs-core"],
      "jax-js": versions["@jax-js/jax"],
    },
    startUp: [],
    steps: [],
    pairs: [],
    sweeps: [],
  };
}

/** Shares out the time: what is left by what is still to come. */
class Budget {
  constructor({ budget, all }) {
    this.limit = budget;
    this.all = all;
    this.begun = performance.now();
    this.left = 0;
  }

  seconds() {
    return (performance.now() - this.begun) / 1000;
  }

  /** Seconds that the next job may take: more than its part, since many jobs take less than theirs. */
  share() {
    return this.all ? 600 : (1.5 * Math.max(0, this.limit - this.seconds())) / Math.max(1, this.left);
  }

  /** Runs a job; a row with the reason where it cannot be done. A disagreement ends everything. */
  async run(engine, what, job) {
    const share = this.share();
    const begun = performance.now();
    let row;
    try {
      if (share < 1) throw new Skip("the budget was used up");
      row = await job(share);
    } catch (error) {
      if (error instanceof Failure) throw error;
      const reason = error instanceof Skip ? error.message : `failed: ${firstLine(error)}`;
      row = { left: reason };
    }
    this.left -= 1;
    const seconds = ((performance.now() - begun) / 1000).toFixed(0);
    console.log(`${what}: ${engine.name}: ${row.left ? `left out, ${row.left}` : `${seconds} s`}`);
    return { engine: engine.id, ...row };
  }
}

/** Why something was not measured. */
class Skip extends Error {}
/** A page that has not answered in time, and is at work still. */
class Late extends Skip {}

function firstLine(error) {
  return String(error?.message ?? error)
    .replace(/^page\.evaluate: /, "")
    .split("\n")[0]
    .slice(0, 200);
}

/** Opens pages, one engine each, and never waits for one longer than it is worth. */
class Stage {
  constructor(browser, address) {
    this.browser = browser;
    this.address = address;
  }

  async open({ engine, backend, gradients = "" }, seconds) {
    const page = await this.browser.open();
    const asked = async (method, args, seconds) => {
      await page.bringToFront();
      const answer = page.evaluate(([method, args]) => globalThis.bench[method](...args), [method, args]);
      try {
        return await within(answer, seconds + GRACE);
      } catch (error) {
        if (error instanceof Late) {
          await page.close();
          await this.settle();
        }
        throw error;
      }
    };
    try {
      await page.goto(`${this.address}?engine=${engine}&backend=${backend}&gradients=${gradients}`);
      return { ready: await asked("start", [], seconds), ask: asked, close: () => page.close() };
    } catch (error) {
      await page.close();
      throw error;
    }
  }

  /** Opens a page for one job. */
  async with(engine, seconds, job) {
    const page = await this.open(engine, seconds);
    try {
      return await job(page);
    } finally {
      await page.close();
    }
  }

  /** Waits until the GPU has nothing left to do of a page that was closed at work, which would disturb the next one. */
  async settle() {
    const page = await this.browser.open();
    try {
      await page.goto(this.address);
      const idle = page.evaluate(async () => {
        const adapter = await navigator.gpu.requestAdapter({ powerPreference: "high-performance" });
        const device = await adapter.requestDevice();
        await device.queue.onSubmittedWorkDone();
        device.destroy();
      });
      await within(idle, SETTLE);
    } finally {
      await page.close();
    }
  }
}

async function within(promise, seconds) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Late(`it did not end within ${seconds.toFixed(0)} s`)), 1000 * seconds);
  });
  promise.catch(() => undefined); // a page that is closed while it works fails once more
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function startUp(stage, engine, folder) {
  const all = [];
  for (let load = 0; load < LOADS; load++) all.push(await stage.with(engine, 2 * GRACE, ({ ready }) => ready));
  const files = all[0].files.map((address) => {
    const name = new URL(address).pathname.slice(1) || "index.html";
    const bytes = readFileSync(join(folder, name));
    return { name, bytes: bytes.length, gzip: gzipSync(bytes).length };
  });
  const sum = (key) => files.reduce((total, file) => total + file[key], 0);
  const { device, threads } = all[0];
  return { device, threads, ms: all.map(({ ms }) => ms), bytes: sum("bytes"), gzip: sum("gzip"), files };
}

/** Compares the first losses of all engines, then times each: `known` has what a product costs each engine so far. */
async function timeSteps(stage, budget, config, engines, known) {
  const pages = new Map();
  const rows = new Map();
  try {
    const compared = config.isAlone || engines.includes(REFERENCE) ? engines : [REFERENCE, ...engines];
    let expected = null;
    for (const engine of compared) {
      const attempt = async (share) => {
        if (!config.isAlone && engine !== REFERENCE && !expected)
          throw new Skip("there are no losses to compare its own with");
        const perStep = config.isAlone ? 0 : known.get(engine.id) * products(config);
        if (LEAST_STEPS * perStep > 1000 * share)
          throw new Skip(`a step would take about ${(perStep / 1000).toFixed(0)} s, ${LEAST_STEPS} of them too long`);
        const page = await stage.open(engine, share);
        pages.set(engine, page);
        const first = await page.ask("firstLosses", [shape(config), COMPARED], share);
        if (!config.isAlone) known.set(engine.id, Math.min(...first.ms) / products(config));
        const { device, threads } = page.ready;
        return { device, threads, losses: first.losses, firstMs: page.ready.ms + first.ms[0], comparedMs: first.ms };
      };
      // The comparison is the first half of an engine's job.
      const row = await budget.run(engine, `${config.id}, losses`, (share) => attempt(share));
      budget.left += 1;
      rows.set(engine, row);
      if (engine === REFERENCE) expected = row.losses;
      else if (row.losses && expected) agree(config, engine, row.losses, expected);
    }
    for (const engine of engines) {
      const row = rows.get(engine);
      if (row.left) {
        budget.left -= 1;
        continue;
      }
      const page = pages.get(engine);
      const timed = await budget.run(engine, config.id, async (share) => {
        const step = Math.min(...row.comparedMs);
        const per = step > SLOW_STEP ? 1 : REPORT_EVERY;
        const warmUp = per > 1 ? 1 : 0;
        const until = {
          least: per > 1 ? 5 : 2,
          times: 30,
          seconds: Math.min(20, Math.max(1, share / 3 - (warmUp * per * step) / 1000)),
        };
        const timing = await page.ask("time", [shape(config), per, warmUp, until], share);
        if (!config.isAlone) known.set(engine.id, median(timing.ms) / products(config));
        const host = engine.kind === "gpu" && engine.backend === "webgpu" ? await hostTime(page, config, share) : null;
        return { per, ...timing, host };
      });
      rows.set(engine, { ...row, ...timed });
      await page.close();
      pages.delete(engine);
    }
  } finally {
    for (const page of pages.values()) await page.close();
  }
  return { ...config, rows: engines.map((engine) => rows.get(engine)) };
}

async function hostTime(page, config, share) {
  try {
    return await page.ask("host", [shape(config), { least: 5, times: 30, seconds: Math.min(4, share / 4) }], share);
  } catch (error) {
    return { left: firstLine(error) };
  }
}

/** What a page has to know of a config. */
function shape({ teacher, student, batch, side }) {
  return { teacher, student, batch, side };
}

function agree(config, engine, losses, expected) {
  losses.forEach((pair, step) =>
    pair.forEach((loss, which) => {
      const wanted = expected[step][which];
      if (!(Math.abs(loss - wanted) <= LOSS_TOLERANCE * Math.abs(wanted)))
        throw new Failure(
          `${config.id}: after ${step} steps the loss of the ${which ? "Base" : "Student"} is ${loss} with ${engine.name} and ${wanted} with ours`,
        );
    }),
  );
}

async function timePairs(stage, budget, config, engines) {
  const { network, stage: layer, images } = config;
  const asked = { network, stage: layer, images };
  const compared = engines.includes(REFERENCE) ? engines : [REFERENCE, ...engines];
  const rows = [];
  let expected = null;
  for (const engine of compared) {
    const row = await budget.run(engine, config.id, (share) =>
      stage.with(engine, share, async (page) => {
        if (engine !== REFERENCE && !expected) throw new Skip("there are no maps to compare its own with");
        const { maps, works } = await page.ask("pair", [asked], share);
        if (engine === REFERENCE) expected = maps;
        const difference = differenceOf(maps, expected);
        if (!(difference <= MAP_TOLERANCE))
          throw new Failure(`${config.id}: maps of ${engine.name} differ from ours by ${difference} of the peak`);
        const { device, threads } = page.ready;
        const timed = [];
        for (const [place, work] of works.entries()) {
          const until = { least: 2, times: 30, seconds: Math.min(10, share / (3 * works.length)) };
          timed.push({ ...work, ...(await page.ask("timePair", [place, until], share)) });
        }
        return { device, threads, difference, works: timed };
      }),
    );
    if (engines.includes(engine)) rows.push(row);
  }
  return { ...config, rows };
}

function differenceOf(maps, expected) {
  if (maps.length !== expected.length) return Infinity;
  let [most, peak] = [0, 0];
  for (let i = 0; i < maps.length; i++) {
    most = Math.max(most, Math.abs(maps[i] - expected[i]));
    peak = Math.max(peak, Math.abs(expected[i]));
  }
  return most / peak;
}

function timeGrowth(stage, budget, { id, title, points }) {
  return budget.run(REFERENCE, `growth with ${id}`, (share) =>
    stage.with(REFERENCE, share, async (page) => {
      const timed = [];
      for (const [x, config] of points) {
        const until = { least: 3, times: 7, seconds: Math.min(4, share / (2 * points.length)) };
        const { ms } = await page.ask("time", [shape(config), 1, 1, until], share);
        timed.push({ x, ms });
      }
      return { id, title, points: timed };
    }),
  );
}
