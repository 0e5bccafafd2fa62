// The small engine that the page begins with, the whole one behind it, and what goes along from one to the other.

import { readFile } from "node:fs/promises";

import { expect, type Page } from "@playwright/test";

import { folder, zip } from "./bytes";
import { address, expectFinished, expectMaps, open, scoresOf, test, valueOf, watch } from "./support";

/** Engines and weights that the page has asked for, by the beginnings of their files' names. */
function fetched(page: Page): Set<string> {
  const names = new Set<string>();
  page.on("request", (request) => {
    const [name] =
      /(cpu-engine|whole-engine|scenes-[a-z-]+|cifar10-[a-z-]+)(?=\.[0-9a-f]{20}\.(wasm|safetensors))/.exec(
        request.url(),
      ) ?? [null];
    if (name) names.add(name);
  });
  return names;
}

/** The report as the page saves it, without what tells of the moment and the device. */
async function reportOf(page: Page): Promise<unknown> {
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-report").click()]);
  const report = JSON.parse(await readFile(await saved.path(), "utf8")) as Record<string, unknown>;
  const { device, formerDevices, createdAt, origin, ...rest } = report;
  expect([device, createdAt, origin]).not.toContain(undefined);
  void formerDevices;
  return rest;
}

/** What would be missing if the move lost something. */
async function held(page: Page): Promise<unknown> {
  const card = page.getByTestId("teacher-card");
  const accuracies = [
    card.getByTestId("teacher-accuracy"),
    page.getByTestId("result-student"),
    page.getByTestId("result-base"),
  ];
  return {
    accuracies: await Promise.all(accuracies.map(valueOf)),
    thumbs: await page.getByTestId("sheet-test").getByTestId("thumb").count(),
    rows: await page.getByTestId("file-row").count(),
    teacher: await page.getByTestId("teacher-name").textContent(),
    scores: await scoresOf(page),
    hash: await page.getByTestId("reference").getAttribute("data-hash"),
    report: await reportOf(page),
  };
}

test("one's own pictures and what was learned from them go along into the engine that knows GPUs", async ({ page }) => {
  const names = fetched(page);
  await open(page, address("cpu", { steps: 2, reference: 4, start: "random" }));
  await page.getByTestId("data-source-images").check();
  const buffer = zip([...folder("along"), ...folder("across")]);
  await page.getByTestId("pick-files").setInputFiles({ name: "own.zip", mimeType: "application/zip", buffer });
  await expect(page.getByTestId("class-counts")).toContainText("across");
  await page.getByTestId("teacher-way-train").check();
  await page.getByTestId("train-teacher").click();
  await expect(page.getByTestId("teacher-card")).toBeVisible({ timeout: 60_000 });
  await page.getByTestId("distil").click();
  await expectFinished(page, 120_000);
  const before = await held(page);
  expect(names, "nothing else was needed so far").toEqual(new Set(["cpu-engine"]));

  const badge = page.getByTestId("device-badge");
  await badge.click();
  await page.getByTestId("device-webgpu").click();
  await expect(badge).toHaveAttribute("data-kind", "webgpu", { timeout: 120_000 });
  expect(names).toContain("whole-engine");
  expect(await held(page)).toEqual(before);

  // It answers there: another layer's maps, and a score, of the same networks.
  await badge.click();
  await page.getByTestId("device-cpu").click();
  await expect(badge).toHaveAttribute("data-kind", "cpu", { timeout: 60_000 });
  await page.getByTestId("layer-2").check();
  await expect(page.getByTestId("cards")).toHaveAttribute("data-layer", "layer2", { timeout: 120_000 });
  await expectMaps(page);
});

test("shipped weights come when they are wanted, and those of CIFAR-10 not for the Scenes", async ({ page }) => {
  const names = fetched(page);
  await open(page, address("cpu"));
  expect(names).toEqual(new Set(["cpu-engine"]));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  expect(names).toEqual(
    new Set(["cpu-engine", ...["teacher", "student-start", "student", "base"].map((role) => `scenes-${role}`)]),
  );
});

test("weights that are not those that were shipped are refused, and the page goes on", async ({ page, baseURL }) => {
  const { problems } = watch(page, new URL(baseURL ?? "").origin);
  const pattern = /scenes-teacher\.[0-9a-f]+\.safetensors$/;
  await page.route(pattern, async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    body[5000] = (body[5000] ?? 0) ^ 1;
    await route.fulfill({ response, body });
  });
  await open(page, address("cpu"));
  await page.getByTestId("run-all").click();
  const failure = page.getByTestId("teacher-failure");
  await expect(failure).toHaveAttribute("data-code", "wrong-digest");
  await expect(failure).toContainText("scenes-teacher.safetensors");
  await page.unroute(pattern);
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  expect(problems).toEqual([]);
});

test("how much of the engine for WebGPU has come is told, and the page answers meanwhile", async ({ page }) => {
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => (release = resolve));
  await page.route(/whole-engine\.[0-9a-f]+\.wasm$/, async (route) => {
    await gate;
    await route.continue();
  });
  const { hash } = new URL(address("cpu"), "http://localhost");
  await open(page, `/${hash}`);
  const badge = page.getByTestId("device-badge");
  await expect(badge).toHaveAttribute("data-activity", "fetching");
  await expect(page.getByTestId("device-activity")).toContainText("Fetching the engine for WebGPU");
  // A job of the visitor's does not wait for it.
  await page.getByTestId("show-finished").click();
  await expectFinished(page, 120_000);
  await expect(badge).toHaveAttribute("data-activity", "fetching");
  const shown = page.getByTestId("device-fetched").waitFor();
  release();
  await shown;
  await expect(page.getByTestId("device-fetched")).toHaveCount(0, { timeout: 120_000 });
  await expect(page.getByTestId("device-trial")).toContainText("as fast", { timeout: 240_000 });
  await expect(page.getByTestId("result")).toBeVisible();
});
