// How a command ends badly.

import { Failure } from "./setup/process.mjs";

/** An expected failure is one sentence; anything else is a fault of ours and keeps its stack. */
export function report(error) {
  console.error(error instanceof Failure ? error.message : error);
}

export function reportAndExit(error) {
  report(error);
  process.exit(1);
}
