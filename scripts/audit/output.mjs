// What a program says, however it ends.

import { spawnSync } from "node:child_process";
import { ROOT } from "../setup/places.mjs";

/** Longest that a program may take, milliseconds: a registry that never answers is one that cannot be reached. */
const LONGEST = 120_000;

/** Runs a program silently; its status is null where it could not be started or took too long. */
export function output(program, args) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 256 << 20,
    timeout: LONGEST,
    stdio: ["ignore", "pipe", "pipe"],
  });
  return { status, stdout: stdout ?? "", stderr: stderr ?? "" };
}

/** What a program wrote as JSON, or null. */
export function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
