// wasm-bindgen's tools as its makers publish them.

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure, run, say } from "./process.mjs";

const RELEASES = "https://github.com/wasm-bindgen/wasm-bindgen/releases/download";

/** Rust's names of the systems that they are published for. */
const SYSTEMS = {
  "linux x64": "x86_64-unknown-linux-musl",
  "linux arm64": "aarch64-unknown-linux-musl",
  "darwin x64": "x86_64-apple-darwin",
  "darwin arm64": "aarch64-apple-darwin",
  "win32 x64": "x86_64-pc-windows-msvc",
};

/** Longest wait for an answer, milliseconds: a network that lets nothing through may never say so. */
const PATIENCE = 20_000;

/** Puts the commands of a release into a folder; fails where they are not published, not reached or not what they should be. */
export async function fetchPrebuilt(version, commands, bin) {
  const system = SYSTEMS[`${process.platform} ${process.arch}`];
  if (!system) throw new Failure(`none for ${process.platform} ${process.arch}`);
  const name = `wasm-bindgen-${version}-${system}`;
  const address = `${RELEASES}/${version}/${name}.tar.gz`;
  say(`wasm-bindgen ${version}: asking for the makers' own build`);
  const [archive, sums] = await Promise.all([download(address), download(`${address}.sha256sum`)]);
  const digest = createHash("sha256").update(archive).digest("hex");
  if (!sums.toString("utf8").includes(digest)) throw new Failure("it is not the file that its checksum names");
  const folder = mkdtempSync(join(tmpdir(), "unicam-tools-"));
  try {
    writeFileSync(join(folder, "tools.tar.gz"), archive);
    await run("tar", ["-xzf", "tools.tar.gz"], { cwd: folder });
    mkdirSync(bin, { recursive: true });
    const suffix = process.platform === "win32" ? ".exe" : "";
    for (const command of commands) cpSync(join(folder, name, command + suffix), join(bin, command + suffix));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function download(address) {
  let response;
  try {
    response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) });
  } catch (error) {
    throw new Failure(error.cause?.code ?? error.message);
  }
  if (!response.ok) throw new Failure(`the server answered ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}
