// Runs any program with what the set-up knows (Rust, its tools, the browser, the target folder):
// `npm run tool -- cargo tree`.

import { reportAndExit } from "./report.mjs";
import { setUp } from "./setup/index.mjs";
import { Failure, run } from "./setup/process.mjs";

const [program, ...args] = process.argv.slice(2);
try {
  if (program === undefined) throw new Failure("Name a program: npm run tool -- cargo tree");
  await setUp(["packages", "rust", "tools", "browser"]);
  await run(program, args);
} catch (error) {
  reportAndExit(error);
}
