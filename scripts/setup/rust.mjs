// A Rust that compiles for wasm32: the one there is, else rustup's, else Debian's.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { installPackages, isDebian, mayBeRoot } from "./apt.mjs";
import { buildStandardLibrary, DEBIAN_PACKAGES, WASM_LINKER } from "./debian-std.mjs";
import { oldestRust, rustChannel } from "./places.mjs";
import { ask, Failure, run, say } from "./process.mjs";

const TARGET = "wasm32-unknown-unknown";
const LINKER = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER";

/** Makes `cargo` and `rustc` of this process and its children ones that work. */
export async function setUpRust() {
  if (works({})) return;
  if (works(debianEnvironment())) return use(debianEnvironment());

  if (ask("rustup", ["--version"]) !== null) {
    say(`Rust: asking rustup for ${rustChannel()} with clippy, rustfmt and the ${TARGET} target`);
    await askRustup();
    if (works({})) return;
  }

  if (isDebian() && mayBeRoot()) {
    say(`Rust: not to be had from rustup, so Debian's: apt-get install ${DEBIAN_PACKAGES.join(" ")}`);
    const installed = await installPackages(DEBIAN_PACKAGES);
    if (installed && !works(debianEnvironment())) {
      say(`Rust: building the ${TARGET} standard library from Debian's sources, about a minute, once`);
      await buildStandardLibrary(debianEnvironment());
    }
    if (works(debianEnvironment())) return use(debianEnvironment());
  }

  throw new Failure(
    `No Rust ${oldestRust()} or newer that compiles for ${TARGET}, with clippy and rustfmt. Install rustup ` +
      `(https://rustup.rs), run "rustup toolchain install ${rustChannel()} --component clippy,rustfmt --target ${TARGET}" ` +
      "and try again; on Debian 12, run this as root and its own packages are used.",
  );
}

/** rustup's proxies stand first on PATH and would answer for Debian's compiler. */
function debianEnvironment() {
  return { PATH: ["/usr/bin", process.env.PATH].join(delimiter), [LINKER]: WASM_LINKER };
}

function use(environment) {
  Object.assign(process.env, environment);
}

/** A failure is no end: rustup says why, and the caller looks whether things work now. */
async function askRustup() {
  const channel = rustChannel();
  const has = ask("rustup", ["toolchain", "list"])?.includes(`${channel}-`);
  const steps = has
    ? [
        ["target", "add", "--toolchain", channel, TARGET],
        ["component", "add", "--toolchain", channel, "clippy", "rustfmt"],
      ]
    : [["toolchain", "install", channel, "--profile", "minimal", "-c", "clippy", "-c", "rustfmt", "-t", TARGET]];
  try {
    for (const step of steps) await run("rustup", step, { env: { RUST_BACKTRACE: "0" } });
  } catch (failure) {
    say(`Rust: ${failure.message}`);
  }
}

/** Whether a small program compiles and links for wasm32, which is more than any list of what is installed can say. */
function works(environment) {
  // rustup must not start downloading because of a question.
  const env = { ...environment, RUSTUP_AUTO_INSTALL: "0" };
  if (!recentEnough(ask("rustc", ["--version"], { env }))) return false;
  if (["fmt", "clippy"].some((command) => ask("cargo", [command, "--version"], { env }) === null)) return false;
  const folder = mkdtempSync(join(tmpdir(), "unicam-rust-"));
  try {
    const source = join(folder, "probe.rs");
    writeFileSync(source, '#[unsafe(no_mangle)]\npub extern "C" fn probe() -> usize { String::from("x").len() }\n');
    const linker = environment[LINKER] ?? process.env[LINKER];
    const args = [
      "--edition=2024",
      "--crate-type=cdylib",
      "--target",
      TARGET,
      "-o",
      join(folder, "probe.wasm"),
      source,
    ];
    return ask("rustc", linker ? [...args, "-C", `linker=${linker}`] : args, { env }) !== null;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function recentEnough(version) {
  const [, major, minor] = /^rustc (\d+)\.(\d+)/.exec(version ?? "") ?? [];
  const [oldestMajor, oldestMinor] = oldestRust().split(".");
  if (major === undefined) return false;
  return Number(major) > Number(oldestMajor) || (major === oldestMajor && Number(minor) >= Number(oldestMinor));
}
