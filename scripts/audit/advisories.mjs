// Known vulnerabilities of what is depended on. Both lists live elsewhere, so either may be out of reach: then there is no
// answer, which is another thing than no finding.

import { output, parsed } from "./output.mjs";

/** What npm's registry knows of package-lock.json: findings, or the reason why there is no answer. */
export function npmAdvisories() {
  const { stdout, stderr } = output("npm", ["audit", "--json"]);
  const answer = parsed(stdout);
  if (!answer?.vulnerabilities || !answer.metadata?.dependencies) {
    const said = answer?.message ?? answer?.error?.summary ?? stderr.trim().split("\n")[0];
    return { reason: `npm audit gave no answer (${said || "it could not be started, or took too long"})` };
  }
  const findings = Object.values(answer.vulnerabilities).map(({ name, severity, range, via }) => {
    const titles = via.map((cause) =>
      typeof cause === "string" ? `by way of ${cause}` : `${cause.title} ${cause.url}`,
    );
    return `${name} ${range}, ${severity}: ${titles.join("; ")}`;
  });
  return { count: answer.metadata.dependencies.total, findings };
}

/** What RustSec's database knows of Cargo.lock: the one in `database`, or by whichever of two programs is installed. */
export function rustAdvisories({ database }) {
  if (output("cargo", ["audit", "--version"]).status === 0) return byCargoAudit(database);
  if (database) return { reason: "a database at hand is read by cargo-audit: `cargo install --locked cargo-audit`" };
  if (output("cargo", ["deny", "--version"]).status === 0) return byCargoDeny();
  return { reason: "neither cargo-audit nor cargo-deny is installed: `cargo install --locked cargo-audit`" };
}

function byCargoAudit(database) {
  // A clone may be old: it is taken as it is, and its age told.
  const local = database ? ["--db", database, "--no-fetch", "--stale"] : [];
  const { stdout, stderr } = output("cargo", ["audit", "--json", ...local]);
  const answer = parsed(stdout);
  if (!answer?.vulnerabilities || !answer.lockfile) return { reason: `cargo audit gave no answer (${lastOf(stderr)})` };
  const told = ({ advisory, package: { name, version } }) => `${name} ${version}: ${advisory.id} ${advisory.title}`;
  // Unsound, unmaintained and yanked crates are warnings there, and told here without failing.
  const notes = Object.entries(answer.warnings ?? {}).flatMap(([kind, all]) =>
    all.map((warning) =>
      warning.advisory ? `${kind}: ${told(warning)}` : `${kind}: ${warning.package.name} ${warning.package.version}`,
    ),
  );
  if (database) notes.push(`${answer.database["advisory-count"]} advisories, the last of ${lastCommit(database)}`);
  return { count: answer.lockfile["dependency-count"], findings: answer.vulnerabilities.list.map(told), notes };
}

function byCargoDeny() {
  const { status, stdout, stderr } = output("cargo", ["deny", "--format=json", "check", "advisories"]);
  const lines = `${stdout}\n${stderr}`.split("\n").map(parsed).filter(Boolean);
  const findings = lines
    .filter(({ type, fields }) => type === "diagnostic" && fields.severity === "error")
    .map(({ fields }) => `${fields.advisory?.id ?? fields.code}: ${fields.message}`);
  const isAnswer = lines.some(({ type }) => type === "summary") && (status === 0 || findings.length > 0);
  if (!isAnswer) return { reason: `cargo deny gave no answer (${lastOf(stderr)})` };
  return { findings };
}

/** The day of a clone's last commit. */
function lastCommit(folder) {
  const { status, stdout } = output("git", ["-C", folder, "log", "-1", "--format=%cs"]);
  return status === 0 ? stdout.trim() : "a day that it does not tell";
}

function lastOf(text) {
  return text.trim().split("\n").at(-1) || "it said nothing";
}
