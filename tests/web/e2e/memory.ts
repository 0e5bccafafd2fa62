// Memory of the processes that run the page, as the system counts it.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

import type { Page } from "@playwright/test";

const run = promisify(execFile);
const INTERVAL = 250;

/** Does something and tells how much memory the page had before, and the most that it had meanwhile, bytes. */
export async function memoryDuring(
  page: Page,
  work: () => Promise<unknown>,
): Promise<{ before: number; most: number }> {
  const before = await residentBytes(page);
  let most = before;
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      most = Math.max(most, await residentBytes(page));
      await new Promise((resolve) => setTimeout(resolve, INTERVAL));
    }
  })();
  try {
    await work();
  } finally {
    isOver = true;
    await watching;
  }
  return { before, most: Math.max(most, await residentBytes(page)) };
}

/** All renderers together: the page and its worker share one, and the others are the browser's own, small and still. */
async function residentBytes(page: Page): Promise<number> {
  const browser = page.context().browser();
  if (!browser) throw new Error("only a browser that was launched can be measured");
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === "renderer");
  const sizes = await Promise.all(renderers.map(({ id }) => residentKibibytes(id)));
  return 1024 * sizes.reduce((sum, size) => sum + size, 0);
}

async function residentKibibytes(pid: number): Promise<number> {
  const status = `/proc/${String(pid)}/status`;
  try {
    if (existsSync("/proc/self/status")) {
      return Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(status, "utf8"))?.[1] ?? 0);
    }
    return Number((await run("ps", ["-o", "rss=", "-p", String(pid)])).stdout);
  } catch {
    return 0; // it ended just now
  }
}
