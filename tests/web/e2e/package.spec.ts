import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "@playwright/test";

import { host } from "./host";
import { watch } from "./support";

const PACKAGE = join(import.meta.dirname, "../../../pkg");
const APP = join(import.meta.dirname, "package-app");

test("a page of somebody else installs the engine's package and draws a map", async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), "unicam-package-"));
  const npm = (...args: string[]): string => execFileSync("npm", args, { cwd: folder, encoding: "utf8" });
  try {
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
    npm("pack", PACKAGE, "--silent");
    const [tarball = ""] = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
    for (const name of ["index.html", "main.js"]) writeFileSync(join(folder, name), readFileSync(join(APP, name)));
    npm("install", "--offline", "--no-audit", "--no-fund", "--silent", `./${tarball}`);
    const installed = readdirSync(join(folder, "node_modules", "unicam"));
    for (const name of ["unicam.js", "unicam.d.ts", "unicam_bg.wasm", "README.md", "LICENSE", "package.json"])
      expect(installed, name).toContain(name);
    for (const name of ["cpu", "weights", "weights.js", "weights.d.ts"]) expect(installed, name).toContain(name);

    const { address, close } = await host(folder, "/");
    const { problems } = watch(page, new URL(address).origin);
    const drawn: string[] = [];
    for (const engine of ["whole", "cpu"]) {
      await page.goto(`${address}?engine=${engine}`);
      await expect(page.locator("body")).toHaveAttribute("data-drawn", "true", { timeout: 120_000 });
      const pixels = await page.locator("canvas").evaluate((canvas: HTMLCanvasElement) => {
        const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
        return [...new Uint32Array(data?.buffer.slice(0) ?? new ArrayBuffer(0))];
      });
      expect(new Set(pixels).size, engine).toBeGreaterThan(20);
      drawn.push(pixels.join());
    }
    expect(drawn[1], "both engines draw the same on the CPU").toBe(drawn[0]);
    expect(problems).toEqual([]);
    await close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
