// `npm start`: set up, build, serve.

import { reportAndExit } from "./report.mjs";
import { serve } from "./serve.mjs";
import { groups, runStep } from "./steps.mjs";

try {
  for (const name of groups.build) await runStep(name);
  const { address } = await serve();
  console.log(`\nUniCAM is at ${address} (Ctrl+C ends it)`);
} catch (error) {
  reportAndExit(error);
}
