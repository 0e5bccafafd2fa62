// `npm run fix`: what the format and lint steps can mend by themselves.

import { reportAndExit } from "./report.mjs";
import { setUp } from "./setup/index.mjs";
import { run, runPackage } from "./setup/process.mjs";

try {
  await setUp(["packages", "rust"]);
  await run("cargo", ["fmt"]);
  await runPackage("prettier", ["--write", "--log-level=warn", "."]);
  await runPackage("eslint", ["--fix", "."]);
} catch (error) {
  reportAndExit(error);
}
