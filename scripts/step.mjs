// Runs steps by name: `node scripts/step.mjs lint`. `build` stands for all that makes the page.

import { reportAndExit } from "./report.mjs";
import { buildSteps, runStep, steps } from "./steps.mjs";

const asked = process.argv.slice(2).flatMap((name) => (name === "build" ? buildSteps : name));
const unknown = asked.find((name) => !steps.some((step) => step.name === name));
if (asked.length === 0 || unknown !== undefined) {
  console.error(`No step ${unknown ?? "given"}. There are: build, ${steps.map((step) => step.name).join(", ")}`);
  process.exit(2);
}
try {
  for (const name of asked) await runStep(name);
} catch (error) {
  reportAndExit(error);
}
