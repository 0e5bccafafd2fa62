import { expect, type Page, type Request } from "@playwright/test";

import { test } from "./support";

/** A line as many homes have it: bits a second, milliseconds. */
const LINE = { bits: 9_000_000, latency: 40 };
/** How much slower than this machine's processor a visitor's is. */
const SLOWER = 2;

/** What a first visit may cost. */
const MOST = {
  /** bytes until something is painted: page and styles */
  painted: 150_000,
  /** bytes until the first button can be pressed: most of them are the small engine */
  live: 2_000_000,
  requests: 10,
  /** bytes of files on a second visit: none is asked for again */
  again: 0,
  /** of the layout, without unit: 0.1 is what is called good */
  shift: 0.1,
};

test("a first visit costs no more than it may, in bytes, requests and shifts of the layout", async ({ page }) => {
  const finished: { request: Request; at: number }[] = [];
  page.on("requestfinished", (request) => finished.push({ request, at: Date.now() }));
  const browser = await page.context().newCDPSession(page);
  await browser.send("Network.enable");
  await browser.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: LINE.latency,
    downloadThroughput: LINE.bits / 8,
    uploadThroughput: LINE.bits / 8,
  });
  await browser.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as PerformanceEntry & { value: number }).value);
    }).observe({ type: "layout-shift", buffered: true });
  });

  await page.goto("/?device=cpu");
  await expect(page.getByTestId("run-all")).toBeEnabled({ timeout: 60_000 });
  const live = Date.now();
  const times = await page.evaluate(() => ({
    from: performance.timeOrigin,
    painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Infinity,
    shift: (window as unknown as { shifts: number[] }).shifts.reduce((sum, value) => sum + value, 0),
  }));
  const bytesUntil = async (end: number): Promise<number> => {
    const until = finished.filter(({ at }) => at <= end).map(({ request }) => request.sizes());
    const sizes = await Promise.all(until);
    return sizes.reduce((sum, size) => sum + size.responseBodySize + size.responseHeadersSize, 0);
  };
  const found = {
    painted: await bytesUntil(times.from + times.painted),
    live: await bytesUntil(live),
    requests: finished.filter(({ at }) => at <= live).length,
    shift: times.shift,
  };
  console.log(`first visit: ${JSON.stringify({ ...found, seconds: (live - times.from) / 1000 })}`);
  expect(found.live, "the engine is among them").toBeGreaterThan(1_000_000);
  for (const key of ["painted", "live", "requests", "shift"] as const)
    expect(found[key], key).toBeLessThanOrEqual(MOST[key]);
});

/** Bytes of files that page and worker have fetched so far; what the browser had kept counts nothing. */
async function transferred(page: Page): Promise<number> {
  const read = (): number =>
    performance
      .getEntriesByType("resource")
      .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).transferSize, 0);
  const [worker] = page.workers();
  return (await page.evaluate(read)) + ((await worker?.evaluate(read)) ?? NaN);
}

test("a second visit fetches no file again", async ({ page }) => {
  const visit = async (): Promise<number> => {
    await expect(page.getByTestId("run-all")).toBeEnabled({ timeout: 60_000 });
    return (Date.now() - (await page.evaluate(() => performance.timeOrigin))) / 1000;
  };
  await page.goto("/?device=cpu");
  const first = { seconds: await visit(), bytes: await transferred(page) };
  await page.reload();
  const second = { seconds: await visit(), bytes: await transferred(page) };
  console.log(`first visit: ${JSON.stringify(first)}, second: ${JSON.stringify(second)}`);
  expect(first.bytes, "the engine is among them").toBeGreaterThan(1_000_000);
  expect(second.bytes).toBeLessThanOrEqual(MOST.again);
});
