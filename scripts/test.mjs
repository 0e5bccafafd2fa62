// `npm test`: every step until one fails, then the count that closes the log.

import { report } from "./report.mjs";
import { runStep, steps } from "./steps.mjs";

const started = Date.now();
let passed = 0;
let failed = 0;
let beside = null;

for (const [place, { name, besideTheNext }] of steps.entries()) {
  console.log(`\n=== ${name} (step ${place + 1} of ${steps.length}, ${seconds(started)} s so far)`);
  const under = perform(name);
  if (besideTheNext) {
    beside = under;
    continue;
  }
  await under;
  await beside;
  beside = null;
  if (failed > 0) break;
}

console.log(`\nAll of it took ${seconds(started)} s.`);
console.log(`${passed} passed, ${failed} failed`);
// The code only, so that what was printed still gets out.
process.exitCode = failed > 0 ? 1 : 0;

async function perform(name) {
  const begun = Date.now();
  try {
    await runStep(name);
    passed += 1;
    console.log(`=== ${name} passed in ${seconds(begun)} s`);
  } catch (error) {
    failed += 1;
    report(error);
    console.log(`=== ${name} FAILED after ${seconds(begun)} s. To run it alone: npm run ${name}`);
  }
}

function seconds(since) {
  return ((Date.now() - since) / 1000).toFixed(0);
}
