// Licences and known vulnerabilities of both dependency trees: `npm run audit [-- --strict] [--db FOLDER]`. A finding fails it. What
// could not be checked is named and counts as nothing: with `--strict` it fails as well. Where RustSec's database is out of reach,
// FOLDER is a clone of it.

import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { npmAdvisories, rustAdvisories } from "./audit/advisories.mjs";
import { npmLicences, rustLicences } from "./audit/licences.mjs";
import { reportAndExit } from "./report.mjs";
import { setUp } from "./setup/index.mjs";
import { Failure } from "./setup/process.mjs";

const CHECKS = [
  { name: "licences of the crates", of: "crates", check: rustLicences },
  { name: "licences of the npm packages", of: "packages", check: npmLicences },
  { name: "advisories on the crates", of: "crates", check: rustAdvisories },
  { name: "advisories on the npm packages", of: "packages", check: npmAdvisories },
];

try {
  const { values } = parseArgs({ options: { strict: { type: "boolean", default: false }, db: { type: "string" } } });
  const database = values.db && resolve(values.db);
  if (database && !existsSync(join(database, "crates")))
    throw new Failure(`${database} is no clone of RustSec's database: it has no folder "crates".`);
  await setUp(["packages", "rust"]);
  await audit(values.strict, database);
} catch (error) {
  reportAndExit(error);
}

async function audit(isStrict, database) {
  const unchecked = [];
  let found = 0;
  for (const { name, of, check } of CHECKS) {
    const { count, findings = [], notes = [], reason } = await check({ database });
    if (reason) {
      unchecked.push(name);
      console.log(`NOT CHECKED: ${name}: ${reason}`);
      continue;
    }
    const looked = count === undefined ? "" : ` in ${count} ${of}`;
    console.log(`${name}: ${findings.length || "no"} finding${findings.length === 1 ? "" : "s"}${looked}`);
    for (const note of notes) console.log(`  (${note})`);
    for (const finding of findings) console.log(`  ${finding}`);
    found += findings.length;
  }
  if (found > 0) throw new Failure(`${found} findings`);
  if (unchecked.length === 0) console.log("Everything was checked, and nothing found.");
  else if (isStrict) throw new Failure(`Nothing found, but not everything was checked: ${unchecked.join(", ")}`);
  else console.log(`Nothing found in what was checked. Of ${unchecked.join(" and ")} this says nothing.`);
}
