import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect, type Page, test } from "@playwright/test";

import { type HubServer, startHub } from "./hub-server";
import { address, open, valueOf, watch } from "./support";
import { QUIET, startWire } from "./wire";

test.use({ launchOptions: QUIET });

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../../..");

/** A page that is built for a hub on this machine, and served as any other. */
let site: { hub: HubServer; folder: string; server: ChildProcess; at: string };

test.beforeAll(async () => {
  const hub = await startHub();
  const folder = await mkdtemp(join(tmpdir(), "unicam-hub-"));
  const webpack = join(ROOT, "node_modules/webpack-cli/bin/cli.js");
  const env = { ...process.env, UNICAM_HUB: hub.origins.join(",") };
  await run(process.execPath, [webpack, "--mode=production", "--no-devtool", `--output-path=${folder}`], {
    cwd: ROOT,
    env,
  });
  const serving = { ...process.env, PORT: "" };
  const server = spawn(process.execPath, [join(ROOT, "scripts/serve.mjs"), folder], { env: serving });
  const at = await new Promise<string>((resolve, reject) => {
    server.stdout.on("data", (said: Buffer) => {
      const [found] = /http:\/\/localhost:\d+/.exec(said.toString()) ?? [];
      if (found !== undefined) resolve(found);
    });
    server.once("exit", () => {
      reject(new Error("the page is not served"));
    });
  });
  site = { hub, folder, server, at };
});

test.afterAll(async () => {
  site.server.kill();
  site.hub.close();
  await rm(site.folder, { recursive: true, force: true });
});

test.beforeEach(() => {
  Object.assign(site.hub, { sent: 0, delay: 0 });
  site.hub.requests.length = 0;
});

/** Opens the page at the hub's panel, ready to fetch. */
async function openPanel(page: Page, dataset = "someone/pets"): Promise<void> {
  await open(page, site.at + address("cpu", { side: 16, "test-share": 0.25 }));
  await page.getByTestId("data-source-hub").check();
  await page.getByTestId("hub-dataset").fill(dataset);
}

test("pictures come from the hub with consent alone, as parts of its files, and are read again without it", async ({
  page,
}) => {
  const { hub } = site;
  const { problems } = watch(page, site.at, ...hub.origins);
  await openPanel(page);
  const policy = (await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content")) ?? "";
  expect(policy).toContain(`connect-src 'self' ${hub.origins.join(" ")};`);
  const fetch = page.getByTestId("hub-fetch");
  await expect(fetch).toBeDisabled();
  await expect(page.getByText("This page asks no other host")).toContainText(new URL(hub.listing).host);
  expect(hub.requests).toEqual([]);

  await page.getByTestId("hub-consent").check();
  await page.getByTestId("hub-dataset").fill("no name");
  await expect(fetch).toBeDisabled();
  await page.getByTestId("hub-dataset").fill("someone/pets");
  await page.getByTestId("hub-per-class").fill("4");
  await fetch.click();
  const files = page.getByTestId("files");
  await expect(files).toHaveAttribute("data-usable", "24");
  await expect(files).toHaveAttribute("data-broken", "0");
  await expect(page.getByTestId("class-counts")).toContainText("a-b");
  await expect(page.getByTestId("sheet-train").locator("canvas[data-painted]").first()).toBeVisible();
  await expect(page.getByTestId("data-source-hub")).toBeChecked();
  expect(hub.requests[0]).toBe("/parquet?dataset=someone%2Fpets");
  expect(hub.requests.filter((asked) => asked.startsWith("/files")).every((asked) => asked.includes("bytes="))).toBe(
    true,
  );
  expect(hub.sent).toBeGreaterThan(0);
  expect(hub.sent).toBeLessThan(hub.size / 10);

  const asked = hub.requests.length;
  await page.getByText("Size, classes, split and limit").click();
  await page.getByTestId("field-side").fill("24");
  await page.getByTestId("field-side").blur();
  await expect(page.getByTestId("sheet-train").locator('canvas[width="24"]').first()).toBeVisible();
  expect(hub.requests).toHaveLength(asked);

  await page.getByTestId("teacher-way-train").check();
  await page.getByTestId("train-teacher").click();
  await expect(page.getByTestId("teacher-card")).toBeVisible({ timeout: 60_000 });
  expect(await valueOf(page.getByTestId("teacher-parameters"))).toBeGreaterThan(1000);
  expect(problems).toEqual([]);
});

test("a name that the hub does not know is told, and the data stay", async ({ page }) => {
  const { problems } = watch(page, site.at, ...site.hub.origins);
  await openPanel(page, "nobody/nothing");
  await page.getByTestId("hub-consent").check();
  await page.getByTestId("hub-fetch").click();
  const failure = page.getByTestId("hub-failure");
  await expect(failure).toHaveAttribute("data-code", "hub-unknown-dataset");
  await expect(failure).toContainText("nobody/nothing");
  await page.getByTestId("hub-dataset").fill("someone/pets");
  await page.getByTestId("hub-part").fill("exam");
  await page.getByTestId("hub-fetch").click();
  await expect(failure).toHaveAttribute("data-code", "hub-unknown-part");
  await expect(failure).toContainText("train, test");
  await expect(page.getByTestId("step-data")).toHaveAttribute("data-status", "done");
  await page.getByTestId("data-source-scenes").check();
  await expect(page.getByTestId("sheet-train")).toBeVisible();
  // The browser itself notes an answer of 404.
  expect(problems.filter((problem) => !problem.includes("404"))).toEqual([]);
});

test("a known data set asks the hub for its own classes alone", async ({ page }) => {
  const { hub } = site;
  const { problems } = watch(page, site.at, ...hub.origins);
  await openPanel(page);
  await page.getByTestId("data-source-potato-leaves").check();
  await page.getByTestId("known-hub").click();
  await expect(page.getByTestId("data-source-hub")).toBeChecked();
  await expect(page.getByTestId("hub-dataset")).toHaveValue("DScomp380/plant_village");
  const classes = page.getByTestId("hub-classes");
  await expect(classes).toHaveValue("Potato___Early_blight; Potato___Late_blight; Potato___healthy");
  expect(hub.requests).toEqual([]);
  await page.getByTestId("hub-dataset").fill("someone/pets");
  await page.getByTestId("hub-consent").check();
  await page.getByTestId("hub-fetch").click();
  const failure = page.getByTestId("hub-failure");
  await expect(failure).toHaveAttribute("data-code", "hub-unknown-class");
  await expect(failure).toContainText("It has: cat; dog; a/b.");
  await classes.fill("dog; a/b");
  await page.getByTestId("hub-fetch").click();
  await expect(page.getByTestId("files")).toHaveAttribute("data-usable", "32");
  await expect(page.getByTestId("class-counts")).toContainText("dog");
  await expect(page.getByTestId("class-counts")).not.toContainText("cat");
  expect(problems).toEqual([]);
});

test("fetching tells how far it is and can be cancelled", async ({ page }) => {
  const { hub } = site;
  const { problems } = watch(page, site.at, ...hub.origins);
  hub.delay = 400;
  await openPanel(page);
  await page.getByTestId("hub-consent").check();
  await page.getByTestId("hub-fetch").click();
  const progress = page.getByTestId("hub-progress");
  await expect.poll(async () => Number(await progress.getAttribute("data-received"))).toBeGreaterThan(0);
  await expect(page.getByTestId("data-source-scenes")).toBeDisabled();
  await page.getByTestId("hub-cancel").click();
  await expect(progress).toHaveCount(0);
  await expect(page.getByTestId("hub-failure")).toHaveCount(0);
  await expect(page.getByTestId("hub-fetch")).toBeEnabled();
  const asked = hub.requests.length;
  await page.waitForTimeout(3 * hub.delay);
  expect(hub.requests).toHaveLength(asked);
  expect(problems).toEqual([]);
});

test("nothing goes over the wire but to the page's own origin until there is consent, and then to the hub's hosts alone", async ({
  browser,
}) => {
  const { hub } = site;
  const wire = await startWire();
  const context = await browser.newContext({ proxy: wire.proxy, serviceWorkers: "allow" });
  try {
    const page = await context.newPage();
    await openPanel(page);
    await page.getByTestId("hub-per-class").fill("4");
    await page.getByTestId("hub-per-class").blur();
    expect(wire.origins()).toEqual([site.at]);
    await page.getByTestId("hub-consent").check();
    expect(wire.origins()).toEqual([site.at]);
    await page.getByTestId("hub-fetch").click();
    await expect(page.getByTestId("files")).toHaveAttribute("data-usable", "24");
    expect(wire.origins().sort()).toEqual([site.at, ...hub.origins].sort());
    // The name of the data set and places in its files are all that the hub hears.
    const heard = wire.asked.filter((line) => !line.includes(site.at));
    expect(heard.length).toBeGreaterThan(2);
    for (const line of heard)
      expect(line).toMatch(/^GET \S+\/(parquet\?dataset=someone%2Fpets|(resolve|files)\/\w+\.parquet)$/);
    const asked = wire.asked.length;
    await page.getByTestId("hub-consent").uncheck();
    await expect(page.getByTestId("hub-fetch")).toBeDisabled();
    expect(wire.asked).toHaveLength(asked);
  } finally {
    await context.close();
    wire.close();
  }
});
