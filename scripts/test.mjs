// `npm test`: every step until one fails, then the count that closes the log.

import { report } from "./report.mjs";
import { runStep, steps } from "./steps.mjs";

const started = Date.now();
let passed = 0;
let failed = 0;

for (const { name } of steps) {
  const begun = Date.now();
  console.log(`\n=== ${name} (step ${passed + 1} of ${steps.length}, ${seconds(started)} s so far)`);
  try {
    await runStep(name);
  } catch (error) {
    failed += 1;
    report(error);
    console.log(`=== ${name} FAILED after ${seconds(begun)} s. To run it alone: npm run ${name}`);
    break;
  }
  passed += 1;
  console.log(`=== ${name} passed in ${seconds(begun)} s`);
}

console.log(`\nAll of it took ${seconds(started)} s.`);
console.log(`${passed} passed, ${failed} failed`);
// The code only, so that what was printed still gets out.
process.exitCode = failed > 0 ? 1 : 0;

function seconds(since) {
  return ((Date.now() - since) / 1000).toFixed(0);
}
