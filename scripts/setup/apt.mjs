// Debian's packages, where this is Debian and we may install them.

import { readFileSync } from "node:fs";
import { ask, run, say } from "./process.mjs";

/** Debian itself: its derivatives name or build some of these packages differently. */
export function isDebian() {
  try {
    return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false;
  }
}

/** Whether {@link asRoot} would work without a question. */
export function mayBeRoot() {
  return process.getuid?.() === 0 || ask("sudo", ["-n", "true"]) !== null;
}

export function asRoot(program, args) {
  return process.getuid?.() === 0 ? run(program, args) : run("sudo", ["-n", program, ...args]);
}

function hasPackages(names) {
  return names.every((name) => ask("dpkg-query", ["-W", "-f=${Status}", name]) === "install ok installed");
}

/** Whether they are there in the end; where apt refuses, it has said why, and the caller may know another way. */
export async function installPackages(names) {
  if (hasPackages(names)) return true;
  // Someone else's installation may hold the lock; DEBIAN_FRONTEND through `env` because sudo drops variables.
  const apt = ["DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-o", "DPkg::Lock::Timeout=300"];
  try {
    await asRoot("env", [...apt, "update"]);
    await asRoot("env", [...apt, "install", "-y", "--no-install-recommends", ...names]);
    return true;
  } catch (failure) {
    say(failure.message);
    return false;
  }
}
