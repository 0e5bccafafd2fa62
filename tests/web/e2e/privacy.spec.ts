import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { type BrowserContext, expect, type Page, test as base } from "@playwright/test";

import { type MadeFile, png, zip } from "./bytes";
import { address, expectFinished, open, openRecipe, watch } from "./support";
import { QUIET, startWire, type Wire } from "./wire";

/** A browser whose every request is counted where it leaves; it may keep the page. */
const test = base.extend<{ wire: Wire; counted: BrowserContext }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright's way to say that nothing is needed
  wire: async ({}, use) => {
    const wire = await startWire();
    await use(wire);
    wire.close();
  },
  counted: async ({ browser, wire, baseURL }, use) => {
    const context = await browser.newContext({
      ...(baseURL === undefined ? {} : { baseURL }),
      proxy: wire.proxy,
      serviceWorkers: "allow",
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await use(context);
    await context.close();
  },
});

test.use({ launchOptions: QUIET });

/** Calls of what would go around a proxy. */
async function trapCalls(page: Page): Promise<() => Promise<string[]>> {
  await page.addInitScript(() => {
    const calls: string[] = [];
    Object.assign(globalThis, { calls });
    for (const name of ["RTCPeerConnection", "WebTransport"]) {
      Object.defineProperty(globalThis, name, {
        value: function () {
          calls.push(name);
          throw new Error(`${name} is not for this page`);
        },
      });
    }
  });
  return () => page.evaluate(() => (globalThis as unknown as { calls: string[] }).calls);
}

/** Eight pictures of a class. */
function pictures(name: string, turned: boolean): MadeFile[] {
  return Array.from({ length: 8 }, (_, i) => ({
    path: `${name}/${String(i)}.png`,
    bytes: png(24, 24, (x, y) =>
      Math.floor(((turned ? x : y) + i) / 4) % 2 === 0 ? [200, 90 + 9 * i, 40] : [20, 40, 90],
    ),
  }));
}

async function saved(page: Page, button: string): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId(button).click()]);
  return readFile(await download.path());
}

test("from the first byte to the last export nothing leaves the page's own origin", async ({
  counted,
  wire,
  baseURL,
}) => {
  const page = await counted.newPage();
  const calls = await trapCalls(page);
  const own = new URL(baseURL ?? "").origin;
  const { problems } = watch(page, own);

  // The Scenes: a Teacher, a watched run, maps, scores.
  const small = { steps: 3, reference: 8, "timeline-every": 1, permutations: 50, resamples: 50 };
  await open(page, address("cpu", small));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  await page.getByTestId("run-matrices").click();
  await expect(page.getByTestId("matrix")).toBeVisible();
  await page.getByTestId("run-answers").click();
  await expect(page.getByTestId("cell-student-0-0")).toBeVisible();
  await page.getByTestId("open-card").first().click();
  const dialog = page.getByTestId("dialog");
  await dialog.getByTestId("spread-batches").selectOption("4");
  await dialog.getByTestId("run-spread").click();
  await expect(dialog.getByTestId("spread-result")).toBeVisible();
  await page.keyboard.press("Escape");

  // The checks.
  await page.getByTestId("run-sanity").click();
  await expect(page.getByTestId("sanity")).toBeVisible({ timeout: 120_000 });
  await page.getByTestId("run-faithfulness").click();
  await expect(page.getByTestId("faithfulness")).toBeVisible({ timeout: 240_000 });

  // The lab: a recipe, two seeds.
  await openRecipe(page);
  await page.getByTestId("preset").selectOption("decoupled");
  await page.getByTestId("field-steps").fill("2");
  await page.getByTestId("field-steps").blur();
  await page.getByTestId("seeds").selectOption("2");
  await page.getByTestId("distil-series").click();
  await expect(page.getByTestId("series")).toHaveAttribute("data-running", "false", { timeout: 240_000 });

  // Everything that can be taken along.
  const teacher = await saved(page, "export-teacher");
  for (const button of ["export-report", "export-student", "export-base", "export-config"]) {
    expect((await saved(page, button)).length, button).toBeGreaterThan(100);
  }
  await page.getByTestId("copy-link").click();
  await expect(page.getByTestId("copy-link")).toHaveText(/copied/i);

  // A weight file, one's own pictures.
  await page.getByTestId("teacher-way-file").check();
  await page
    .getByTestId("teacher-file")
    .setInputFiles({ name: "own.safetensors", mimeType: "application/octet-stream", buffer: teacher });
  await expect(page.getByTestId("teacher-card")).toContainText("own.safetensors");
  await page.getByTestId("data-source-images").check();
  await page.getByTestId("pick-files").setInputFiles({
    name: "my private pictures.zip",
    mimeType: "application/zip",
    buffer: zip([...pictures("my garden", true), ...pictures("my street", false)]),
  });
  await expect(page.getByTestId("class-counts")).toContainText("my garden");

  expect(await calls()).toEqual([]);

  // The other language, and a second visit, which the page's own files are kept for.
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.reload();
  await page.getByTestId("language").selectOption("zh-CN");
  await expect(page.locator("html")).toHaveAttribute("lang", "zh-CN");
  expect(await calls()).toEqual([]);
  await page.close();

  console.log(`${String(wire.asked.length)} requests, all of them to ${own}`);
  expect(wire.origins()).toEqual([own]);
  expect(wire.asked.length).toBeGreaterThan(10);
  expect(wire.asked.some((line) => line.endsWith("/service-worker.js"))).toBe(true);
  for (const line of wire.asked) {
    // Nothing but files of the page is asked for, without a word on what is done: no body, no names, no settings.
    const url = new URL(line.replace(/^GET /, ""));
    expect(line).toMatch(/^GET /);
    expect(["", "?device=cpu"]).toContain(url.search);
    expect(url.pathname).toMatch(/^\/(index\.html|service-worker\.js|assets\/[\w.-]+)?$/);
  }
  expect(problems).toEqual([]);
});

test("whatever a page can ask the network for is counted", async ({ counted, wire }) => {
  // A page without a policy, which asks in every way there is.
  const files: Record<string, [string, string]> = {
    "/": ["text/html", "<!doctype html><title>asks</title>"],
    "/worker.js": ["text/javascript", 'fetch("http://worker.invalid/").catch(() => 0).then(() => postMessage(0))'],
    "/sw.js": [
      "text/javascript",
      'oninstall = (event) => event.waitUntil(fetch("http://service-worker.invalid/").catch(() => 0))',
    ],
  };
  const server = createServer((incoming, answer) => {
    const [type, body] = files[incoming.url ?? ""] ?? ["text/plain", ""];
    answer.writeHead(200, { "Content-Type": type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const page = await counted.newPage();
    const calls = await trapCalls(page);
    await page.goto(`http://localhost:${String((server.address() as AddressInfo).port)}/`);
    await page.evaluate(async () => {
      await fetch("http://fetch.invalid/").catch(() => 0);
      await fetch("https://encrypted.invalid/").catch(() => 0);
      navigator.sendBeacon("http://beacon.invalid/", "word");
      new Image().src = "http://image.invalid/";
      await new Promise((resolve) => (new WebSocket("ws://socket.invalid/").onerror = resolve));
      await new Promise((resolve) => (new Worker("/worker.js").onmessage = resolve));
      await navigator.serviceWorker.register("/sw.js");
      await navigator.serviceWorker.ready;
      try {
        new RTCPeerConnection();
      } catch {
        // As it is meant to.
      }
    });
    const hosts = ["fetch", "encrypted", "beacon", "image", "socket", "worker", "service-worker"];
    await expect
      .poll(() => hosts.filter((host) => !wire.asked.some((line) => line.includes(`${host}.invalid`))))
      .toEqual([]);
    expect(await calls()).toEqual(["RTCPeerConnection"]);
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
