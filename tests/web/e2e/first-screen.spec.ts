import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { chromium, expect } from "@playwright/test";

import { address, expectFinished, expectMaps, expectScores, open, pixelsOf, test, valueOf, watch } from "./support";

const MANIFEST = join(import.meta.dirname, "../../../src/models/shipped/manifest.json");

test("the first screen shows the built-in scenes without a click", async ({ page }) => {
  const response = await page.goto("/?device=cpu");
  const policy = response?.headers()["content-security-policy"] ?? "";
  const meta = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
  for (const said of [policy, meta ?? ""]) {
    expect(said).toContain("default-src 'self'");
    expect(said).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(said).toContain("style-src 'self'");
    expect(said).toMatch(/connect-src 'self'(;|$)/);
    expect(said).not.toContain("unsafe-inline");
    expect(said).not.toContain("'unsafe-eval'");
  }
  await expect(page.getByTestId("device-badge")).toHaveAttribute("data-kind", "cpu");
  for (const sheet of ["sheet-train", "sheet-test"]) {
    const thumbs = page.getByTestId(sheet).getByTestId("thumb");
    await expect(thumbs).toHaveCount(36);
    const { width, height, colours } = await pixelsOf(thumbs.first());
    expect([width, height]).toEqual([32, 32]);
    expect(colours).toBeGreaterThan(20);
  }
  // Only a page that was built for it can ask the hub.
  await expect(page.getByTestId("data-source-hub")).toHaveCount(0);
  await expect(page.getByTestId("run-all")).toBeInViewport();
  await expect(page.getByTestId("sheet-train").getByTestId("thumb").first()).toBeInViewport();
  await expect(page.getByTestId("privacy")).toContainText("Nothing leaves this tab");
});

test("the background dial is heard, stands in the address, and a link brings it back", async ({ page }) => {
  await open(page, address("cpu", { dial: 1 }));
  const train = page.getByTestId("sheet-train");
  await expect(train).toContainText("In 100 % of them");
  const before = await train.getByTestId("thumb").nth(1).screenshot();
  await page.getByTestId("dial").fill("0.1");
  await expect(train).toContainText("In 10 % of them");
  await expect(page).toHaveURL(/dial=0\.1/);
  await expect(async () => {
    const after = await train.getByTestId("thumb").nth(1).screenshot();
    expect(after.equals(before)).toBe(false);
  }).toPass();
  await page.reload();
  await expect(page.getByTestId("sheet-train")).toContainText("In 10 % of them");
});

test("a setting outside of its rules is told and not taken", async ({ page }) => {
  await open(page, address("cpu"));
  const steps = page.getByTestId("field-steps");
  await steps.fill("0");
  await expect(steps).toHaveAttribute("aria-invalid", "true");
  await expect(page.locator("#field-steps-hint")).toContainText("from 1");
  await steps.blur();
  await expect(steps).toHaveValue("4");
});

test("the shipped Teacher is at hand for the scenes", async ({ page }) => {
  await open(page, address("cpu", { test: 240 }));
  await page.getByTestId("use-shipped-teacher").click();
  await expect(page.getByTestId("teacher-name")).toContainText("ResNet");
  expect(await valueOf(page.getByTestId("teacher-accuracy"))).toBeGreaterThan(0.8);
  expect(await valueOf(page.getByTestId("teacher-parameters"))).toBeGreaterThan(10_000);
});

test("a finished run is there to look at without a training, as it was measured beforehand", async ({ page }) => {
  // The shipped settings: those that the pair was trained and measured with.
  await open(page, "/?device=cpu#reference=12");
  await page.getByTestId("show-finished").click();
  await expectFinished(page, 120_000);
  const manifest = JSON.parse(await readFile(MANIFEST, "utf8")) as { models: { file: string; accuracy: number }[] };
  for (const role of ["student", "base"]) {
    const written = manifest.models.find(({ file }) => file === `scenes-${role}.safetensors`)?.accuracy ?? NaN;
    expect(Math.abs((await valueOf(page.getByTestId(`result-${role}`))) - written), role).toBeLessThan(0.005);
  }
  await expect(page.getByTestId("result-text")).toContainText("trained beforehand");
  await expect(page.getByTestId("run-accuracy")).toHaveCount(0);
  await expectMaps(page);
  await expectScores(page);
});

test("without WebGPU the page says so and computes on the CPU", async ({ baseURL, launchOptions }) => {
  const args = (launchOptions.args ?? []).filter((arg) => !arg.includes("webgpu"));
  const browser = await chromium.launch({ ...launchOptions, args: [...args, "--disable-features=WebGPU"] });
  try {
    const page = await browser.newPage();
    const { problems } = watch(page, new URL(baseURL ?? "").origin);
    const engines: string[] = [];
    page.on("request", (request) => void engines.push(...(/(cpu|whole)-engine/.exec(request.url()) ?? []).slice(0, 1)));
    await page.goto(baseURL ?? "");
    await expect(page.getByTestId("device-badge")).toHaveAttribute("data-kind", "cpu");
    await expect(page.getByTestId("device-notice")).toContainText("Computing on the CPU");
    await expect(page.getByTestId("device-notice")).toContainText("no adapter");
    await page.goto(`${baseURL ?? ""}?device=webgpu`);
    await expect(page.getByTestId("engine-failure")).toHaveAttribute("data-code", "no-webgpu");
    // The engine for a GPU would be of no use.
    expect(new Set(engines)).toEqual(new Set(["cpu-engine"]));
    // Whoever is sent a link has its run also by the way out.
    await page.goto("about:blank");
    await page.goto(`${baseURL ?? ""}?device=webgpu&language=en#steps=7&run=scenes,shipped,shipped,distilled`);
    await page.getByTestId("use-cpu").click();
    await expect(page.getByTestId("device-badge")).toHaveAttribute("data-kind", "cpu");
    await expect(page.getByTestId("repeat-link")).toBeVisible();
    await expect(page).toHaveURL(/\?device=cpu&language=en#.*steps=7.*run=scenes,shipped,shipped,distilled$/);
    expect(problems).toEqual([]);
  } finally {
    await browser.close();
  }
});
