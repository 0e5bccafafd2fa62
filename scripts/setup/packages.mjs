// The npm packages of the lock file.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./places.mjs";
import { run, say } from "./process.mjs";

export async function setUpPackages() {
  if (installedAsLocked()) return;
  say("npm packages: installing the locked versions (npm ci)");
  const npm = process.env.npm_execpath;
  if (npm) await run(process.execPath, [npm, "ci"]);
  else await run("npm", ["ci"]);
}

/**
 * npm writes a list of what it installed as the last thing it does. Comparing that with the lock file also sees
 * packages that someone installed by hand, and an installation that was cut off.
 */
function installedAsLocked() {
  const installed = packagesIn("node_modules/.package-lock.json");
  if (!installed) return false;
  const locked = packagesIn("package-lock.json");
  return (
    Object.keys(installed).every((path) => path in locked) &&
    Object.entries(locked).every(([path, entry]) => {
      if (path === "") return true; // the project itself
      if (!(path in installed)) return entry.optional === true; // for another system
      return installed[path].version === entry.version && installed[path].integrity === entry.integrity;
    })
  );
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(join(ROOT, file), "utf8")).packages;
  } catch {
    return null;
  }
}
