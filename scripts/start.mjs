// `npm start`: set up, build, serve.

import { reportAndExit } from "./report.mjs";
import { serve } from "./serve.mjs";
import { buildSteps, runStep } from "./steps.mjs";

try {
  for (const name of buildSteps) await runStep(name);
  const { address } = await serve();
  console.log(`\nUniCAM is at ${address} (Ctrl+C ends it)`);
} catch (error) {
  reportAndExit(error);
}
