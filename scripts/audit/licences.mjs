// Licences of everything that the crate and the page depend on, directly or not, against the list in licences.json. Offline.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../setup/places.mjs";
import { Failure } from "../setup/process.mjs";
import { output } from "./output.mjs";

/** Where an expression is written with a slash, as crates once did, it means either. */
const spelled = (licence) => licence.replace(/\s*\/\s*/g, " OR ");

/** Crates of every target and feature that Cargo.lock resolves: how many there are, and what is wrong with some. */
export async function rustLicences() {
  const { status, stdout, stderr } = output("cargo", ["metadata", "--format-version=1", "--locked", "--all-features"]);
  if (status !== 0) throw new Failure(`cargo metadata failed: ${stderr.trim()}`);
  const crates = JSON.parse(stdout).packages.filter(({ source }) => source !== null);
  return judged(
    crates.map(({ name, version, license }) => ({ name, version, licence: license, isDevelopment: false })),
  );
}

/** Packages that package-lock.json resolves; those that only build and test the page are held to a longer list. */
export async function npmLicences() {
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const all = Object.entries(packages).filter(([path]) => path !== "");
  return judged(
    all.map(([path, { version, license, dev, devOptional }]) => ({
      name: path.replace(/^.*node_modules\//, ""),
      version,
      licence: license,
      isDevelopment: Boolean(dev || devOptional),
    })),
  );
}

async function judged(packages) {
  // Imported here because this file is loaded before the npm packages are there.
  const { default: satisfies } = await import("spdx-satisfies");
  const { allowed, allowedInDevelopment, read } = JSON.parse(
    readFileSync(join(ROOT, "scripts", "audit", "licences.json"), "utf8"),
  );
  const findings = [];
  for (const { name, version, licence, isDevelopment } of packages) {
    const known = licence ?? read[`${name} ${version}`]?.licence;
    const problem = problemOf(known, isDevelopment ? [...allowed, ...allowedInDevelopment] : allowed, satisfies);
    if (problem) findings.push(`${name} ${version}: ${problem}`);
  }
  return { count: packages.length, findings };
}

function problemOf(licence, allowed, satisfies) {
  if (!licence) return "it names no licence; read it, and note it under `read` in scripts/audit/licences.json";
  try {
    return satisfies(spelled(licence), allowed) ? null : `its licence ${licence} is not on the list`;
  } catch {
    return `its licence ${licence} is no SPDX expression`;
  }
}
