// Running other programs.

import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./places.mjs";

/** A failure whose message is all the user needs; no stack is shown. */
export class Failure extends Error {}

/** Says one line about what the set-up is doing. */
export function say(line) {
  console.log(`[set-up] ${line}`);
}

/** Runs a program in the repository with its output shown; rejects with a {@link Failure} unless it ends well. */
export function run(program, args, { cwd = ROOT, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, stdio: "inherit" });
    child.once("error", (error) => reject(new Failure(`${program} could not be started: ${error.message}`)));
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Failure(`${[program, ...args].join(" ")} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

/** As {@link run}, and gives what the program wrote to its standard output, which is shown as well. */
export function runAndRead(program, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ["inherit", "pipe", "inherit"],
    });
    const output = [];
    child.stdout.on("data", (chunk) => {
      process.stdout.write(chunk);
      output.push(chunk);
    });
    child.once("error", (error) => reject(new Failure(`${program} could not be started: ${error.message}`)));
    child.once("close", (code, signal) => {
      if (code === 0) resolve(Buffer.concat(output).toString("utf8"));
      else reject(new Failure(`${[program, ...args].join(" ")} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

/** Runs a program silently; its output, or null where it is missing or fails. */
export function ask(program, args, { cwd = ROOT, env = {} } = {}) {
  const result = spawnSync(program, args, {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return result.status === 0 ? result.stdout : null;
}

/** Runs a command of an npm package with this very node: `npx` may ask back, and needs a shell on some systems. */
export function runPackage(name, args, { command = name, nodeArgs = [], env } = {}) {
  const folder = join(ROOT, "node_modules", name);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const script = typeof bin === "string" ? bin : bin[command];
  return run(process.execPath, [...nodeArgs, join(folder, script), ...args], { env });
}
