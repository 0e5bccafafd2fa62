import { appendFileSync, cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, type Page, test as base } from "@playwright/test";

import { type Host, host } from "./host";
import { pixelsOf, test, watch } from "./support";

const DIST = join(import.meta.dirname, "../../../dist");

test("files that carry their content in their name may be kept for ever, and come compressed", async ({ request }) => {
  const page = await request.get("/");
  expect(page.headers()["cache-control"]).toBe("no-cache");
  const files = readdirSync(join(DIST, "assets")).filter((name) => /\.(js|css|wasm)$/.test(name));
  expect(files.length).toBeGreaterThan(5);
  for (const name of files) {
    expect(name, "named by its content").toMatch(/\.[0-9a-f]{20}\.(js|css|wasm)$/);
    const { [name.endsWith(".wasm") ? "content-encoding" : "cache-control"]: said, ...headers } = (
      await request.head(`/assets/${name}`, { headers: { "Accept-Encoding": "br, gzip" } })
    ).headers();
    expect(said).toBe(name.endsWith(".wasm") ? "br" : "public, max-age=31536000, immutable");
    expect(headers["x-content-type-options"]).toBe("nosniff");
  }
  const worker = await request.get("/service-worker.js");
  expect(worker.headers()["cache-control"]).toBe("no-cache");
  const missing = await request.get("/assets/page.00000000000000000000.js");
  expect([missing.status(), missing.headers()["cache-control"]]).toEqual([404, "no-cache"]);
});

/** A visitor of a host of its own, in a browser that may keep the page. */
const visit = base.extend<{ folder: string; hosted: Host }>({
  serviceWorkers: "allow",
  // eslint-disable-next-line no-empty-pattern -- Playwright's way to say that nothing is needed
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), "unicam-host-"));
    cpSync(DIST, folder, { recursive: true });
    await use(folder);
    rmSync(folder, { recursive: true });
  },
  hosted: async ({ folder }, use) => {
    const hosted = await host(folder, "/demos/unicam/");
    await use(hosted);
    await hosted.close();
  },
});

async function expectLive(page: Page): Promise<void> {
  await expect(page.getByTestId("device-badge")).toHaveAttribute("data-kind", "cpu");
  await expect(page.getByTestId("run-all")).toBeEnabled();
}

async function expectFinishedPair(page: Page): Promise<void> {
  await page.getByTestId("show-finished").click();
  const map = page.getByTestId("map").locator("canvas[data-painted]").first();
  await expect(map).toBeVisible({ timeout: 120_000 });
  expect((await pixelsOf(map)).colours).toBeGreaterThan(20);
}

visit("below a path the page works, and once it was there it works without network", async ({ page, hosted }) => {
  const { problems } = watch(page, new URL(hosted.address).origin);
  await page.goto(`${hosted.address}?device=cpu`);
  await expectLive(page);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  expect(problems).toEqual([]);

  await hosted.close();
  await page.goto(`${hosted.address}?device=cpu#steps=20`);
  await page.reload();
  await expectLive(page);
  await expectFinishedPair(page);
  const kept = await page.evaluate(async () => {
    const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
    const requests = await Promise.all(caches_.map((cache) => cache.keys()));
    return requests.flat().map(({ url }) => new URL(url).pathname);
  });
  // Nothing of the visitor's, nothing from elsewhere.
  expect(kept.length).toBeGreaterThan(5);
  for (const path of kept) expect(path).toMatch(/^\/demos\/unicam\/(index\.html|assets\/[^/]+)$/);
});

visit("a newer version is announced and waits for a click", async ({ page, folder, hosted }) => {
  await page.goto(`${hosted.address}?device=cpu`);
  await expectLive(page);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  // The first visit comes before the page is kept; from the second on it is.
  await page.reload();
  await expectLive(page);
  await expect(page.getByTestId("update")).toHaveCount(0);

  appendFileSync(join(folder, "service-worker.js"), "\n// newer\n");
  await page.evaluate(async () => {
    document.body.dataset["visit"] = "first";
    await (await navigator.serviceWorker.getRegistration())?.update();
  });
  await expect(page.getByTestId("update")).toBeVisible();
  await expect(page.locator("body")).toHaveAttribute("data-visit", "first");
  await page.getByTestId("take-update").click();
  await expect(page.locator("body")).not.toHaveAttribute("data-visit", "first");
  await expectLive(page);
  await expect(page.getByTestId("update")).toHaveCount(0);
});
