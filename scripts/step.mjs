// Runs steps and groups of them by name: `node scripts/step.mjs lint`.

import { reportAndExit } from "./report.mjs";
import { groups, runStep, steps } from "./steps.mjs";

const asked = process.argv.slice(2).flatMap((name) => groups[name] ?? name);
const unknown = asked.find((name) => !steps.some((step) => step.name === name));
if (asked.length === 0 || unknown !== undefined) {
  const names = [...Object.keys(groups), ...steps.map((step) => step.name)];
  console.error(`No step ${unknown ?? "given"}. There are: ${names.join(", ")}`);
  process.exit(2);
}
try {
  for (const name of asked) await runStep(name);
} catch (error) {
  reportAndExit(error);
}
