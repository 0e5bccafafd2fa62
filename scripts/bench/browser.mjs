// The one browser of a bench, with a GPU if there is one.

import { platform } from "node:os";
import { Failure } from "../setup/process.mjs";

const COMMON = [
  "--headless=new",
  "--no-sandbox",
  "--enable-unsafe-webgpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A step in software may take longer than the browser believes a GPU may.
  "--disable-gpu-watchdog",
];
const SOFTWARE = ["--use-webgpu-adapter=swiftshader", "--enable-unsafe-swiftshader"];
const HARDWARE = {
  linux: ["--ignore-gpu-blocklist", "--use-angle=vulkan", "--enable-features=Vulkan", "--disable-vulkan-surface"],
};

const SOFTWARE_NAMES = /swiftshader|llvmpipe|lavapipe|basic render|warp/i;

/** Launches the browser; `adapter` is what it computes with and `isSoftware` whether that is no GPU. */
export async function launch(address, { adapter: wanted, chromium: path, flags }) {
  const { chromium } = await import("@playwright/test");
  const start = (more) =>
    chromium.launch({ executablePath: path ?? process.env.CHROME, args: [...COMMON, ...more, ...flags] });
  if (wanted !== "swiftshader") {
    const browser = await start(HARDWARE[platform()] ?? []);
    const adapter = await adapterOf(browser, address);
    if (adapter !== null && !SOFTWARE_NAMES.test(adapter)) return described(browser, adapter, false);
    await browser.close();
    if (wanted === "hardware") throw new Failure(`The browser gives no GPU: ${adapter ?? "it has no adapter"}`);
  }
  const browser = await start(SOFTWARE);
  const adapter = await adapterOf(browser, address);
  if (adapter !== null) return described(browser, adapter, true);
  await browser.close();
  throw new Failure("The browser has no WebGPU, not even in software");
}

function described(browser, adapter, isSoftware) {
  return {
    adapter,
    isSoftware,
    version: `Chromium ${browser.version()}`,
    open: () => browser.newPage(),
    close: () => browser.close(),
  };
}

async function adapterOf(browser, address) {
  const page = await browser.newPage();
  try {
    await page.goto(address);
    return await page.evaluate(async () => {
      const adapter = await navigator.gpu?.requestAdapter({ powerPreference: "high-performance" });
      if (!adapter) return null;
      const { vendor, architecture, device, description } = adapter.info;
      return [...new Set([vendor, architecture, device, description])].filter(Boolean).join(" ") || "unnamed adapter";
    });
  } finally {
    await page.close();
  }
}
