// How quick built engines are beside one another, in node: turn by turn, and by the processor's time, since the machine may
// have other work.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../setup/places.mjs";

const WEIGHTS = join(ROOT, "src", "models", "shipped");

/** What is timed: a name and what makes one sample, milliseconds. */
const WORKS = { step: timeSteps, scores: timeScores, picture: timePicture };
/** Training steps of a sample. */
const STEPS = 4;

/** Milliseconds that the processor has worked for this process. */
function worked() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Milliseconds of the processor for each work on each engine, by the folders that hold them. */
export async function paces(folders, rounds) {
  const engines = [];
  for (const folder of folders) engines.push(await open(folder));
  const samples = engines.map(() => Object.fromEntries(Object.keys(WORKS).map((work) => [work, []])));
  for (let round = 0; round <= rounds; round++) {
    for (const [work, time] of Object.entries(WORKS)) {
      for (const [index, engine] of engines.entries()) {
        const ms = await time(engine);
        // The first one compiles.
        if (round > 0) samples[index][work].push(ms);
      }
    }
  }
  return samples;
}

async function open(folder) {
  const { default: init, Session } = await import(pathToFileURL(join(folder, "unicam.js")).href);
  await init({ module_or_path: readFileSync(join(folder, "unicam_bg.wasm")) });
  const session = await Session.create("cpu");
  const { scenes, distillation, reference } = Session.defaults();
  await session.useScenes({ ...scenes, trainImages: 600, testImages: 120 });
  for (const file of session.missingWeights?.() ?? []) session.takeWeights(file, readFileSync(join(WEIGHTS, file)));
  await session.useShippedStudents();
  return { Session, session, distillation, reference };
}

/** A step of the default recipe, from one report to the next. */
async function timeSteps({ session, distillation }) {
  const optimiser = { ...distillation.optimiser, steps: 10_000, reportEvery: STEPS, evaluateEvery: 10_000 };
  session.startDistillation({ ...distillation, optimiser });
  const report = async () => {
    while ((await session.next()).kind !== "report");
  };
  await report();
  const begun = worked();
  await report();
  const ms = (worked() - begun) / STEPS;
  session.cancel();
  return ms;
}

/** FSS and RS of every layer over the default reference batch. */
async function timeScores({ session, reference }) {
  const begun = worked();
  await session.score({ reference });
  return worked() - begun;
}

/** A large picture of a visitor's own: read, cut square and made small. */
async function timePicture({ Session }) {
  const session = await Session.create("cpu");
  session.beginImages({ ...Session.defaults().images });
  const picture = readFileSync(join(ROOT, "docs", "page.png"));
  const begun = worked();
  session.addFile("class/picture.png", picture);
  const ms = worked() - begun;
  session.free();
  return ms;
}
