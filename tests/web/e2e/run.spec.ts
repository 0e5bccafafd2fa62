import { readFile } from "node:fs/promises";

import { expect, type Page } from "@playwright/test";

import {
  address,
  expectFinished,
  expectMaps,
  expectScores,
  open,
  openRecipe,
  openTools,
  pixelsOf,
  scoresOf,
  test,
  valueOf,
} from "./support";

test("one click goes all the way: scenes, Teacher, distillation, maps, scores", async ({ page }) => {
  await open(page, address("cpu"));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);

  for (const model of ["student", "base", "teacher", "chance"]) {
    const accuracy = await valueOf(page.getByTestId(`result-${model}`));
    expect(accuracy, model).toBeGreaterThanOrEqual(0);
    expect(accuracy, model).toBeLessThanOrEqual(1);
  }
  await expect(page.getByTestId("result-text")).toContainText("24 test pictures, one seed");
  await expect(page.getByTestId("run-accuracy")).toHaveAttribute("aria-label", /after step 4/);

  await expectMaps(page);
  await expectScores(page);
  await expect(page.getByTestId("scores")).toHaveAttribute("data-n", "12");
  const hash = await page.getByTestId("reference").getAttribute("data-hash");
  expect(hash).toMatch(/^[0-9a-f]{8,}$/);
  await expect(page.getByTestId("scores")).toHaveAttribute("data-hash", hash ?? "");
  await expect(page.getByText("NaN")).toHaveCount(0);
});

test("maps follow layer, objective and choice, cards grow, and results can be taken along", async ({ page }) => {
  await open(page, address("cpu", { reference: 16, maps: "distilled,residual" }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  const cards = page.getByTestId("cards");
  await expect(cards).toHaveAttribute("data-layer", "layer3");
  await expect(page.getByTestId("card")).toHaveCount(12);
  await page.getByTestId("more-cards").click();
  await expect(page.getByTestId("card")).toHaveCount(16);

  const first = page.getByTestId("card").first();
  await expect(first.getByTestId("map")).toHaveCount(2);
  await page.getByTestId("layer-1").check();
  await expect(cards).toHaveAttribute("data-layer", "layer1");
  await openTools(page);
  await page.getByTestId("objective-unique").check();
  await expect(page).toHaveURL(/layer=1/);
  await expect(page).toHaveURL(/objective=unique/);
  await expect(cards).toHaveAttribute("data-stale", "false");
  await page.getByTestId("show-gradCamTeacher").check();
  await expect(first.getByTestId("map")).toHaveCount(3);
  await expectMaps(page);

  await page.getByTestId("class-filter").selectOption({ index: 1 });
  const labels = await page.getByTestId("card").evaluateAll((all) => all.map((card) => card.dataset["label"]));
  expect(new Set(labels)).toEqual(new Set(["0"]));
  expect(await valueOf(first.getByTestId("mask-share"))).toBeGreaterThan(0);
  await expect(first.getByTestId("prediction")).toHaveCount(3);

  await first.getByTestId("open-card").click();
  const dialog = page.getByTestId("dialog");
  await expect(dialog.getByTestId("map")).toHaveCount(7);
  expect((await pixelsOf(dialog.getByTestId("pixels-gradCamTeacher"))).colours).toBeGreaterThan(8);
  await dialog.getByTestId("spread-batches").selectOption("4");
  await dialog.getByTestId("run-spread").click();
  await expect(dialog.getByTestId("spread-result")).toHaveAttribute("data-batches", "4");
  await expect(dialog.getByTestId("spread-text")).toContainText("over 4 batches");
  expect(Math.abs(await valueOf(dialog.getByTestId("spread-rank")))).toBeLessThanOrEqual(1);
  for (const kind of ["mean", "deviation"]) {
    expect((await pixelsOf(dialog.getByTestId(`pixels-spread-${kind}`))).colours, kind).toBeGreaterThan(8);
  }
  // The result is that of one kind of map.
  await dialog.getByTestId("spread-map").selectOption("residual");
  await expect(dialog.getByTestId("spread-result")).toHaveCount(0);
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);

  const [report] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-report").click()]);
  const told: unknown = JSON.parse(await readFile(await report.path(), "utf8"));
  expect(told).toMatchObject({
    format: "unicam-report",
    device: { kind: "cpu" },
    schemaVersion: 2,
    origin: { kind: "page" },
    config: { distillation: { optimiser: { steps: 4 } } },
    distillation: { finished: true },
    maps: expect.arrayContaining([expect.objectContaining({ layer: "layer1", objective: "unique", n: 16 })]),
    scores: { n: 16 },
  });
  const [weights] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-student").click()]);
  expect(weights.suggestedFilename()).toBe("unicam-student.safetensors");
  expect((await readFile(await weights.path())).length).toBeGreaterThan(10_000);
});

test("scores are of other pixels and labels where that is asked for, and can be cancelled", async ({ page }) => {
  await open(page, address("cpu", { reference: 12, steps: 1, permutations: 50, resamples: 50 }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  const step = page.getByTestId("step-scores");
  const [table, usual] = [page.getByTestId("scores"), await scoresOf(page)];
  await expect(table).toContainText("raw pixels, one-hot labels");

  await page.getByTestId("field-labels").selectOption("prototypes");
  await expect(table).toContainText("the Teacher's class means as labels");
  await expectScores(page);
  const byPrototypes = await scoresOf(page);
  expect(byPrototypes.get("rsStudent-layer1")).not.toBe(usual.get("rsStudent-layer1"));
  expect(byPrototypes.get("fssStudent-paper-layer1")).toBe(usual.get("fssStudent-paper-layer1"));

  await page.getByTestId("field-labels").selectOption("matrix");
  await expect(page.getByTestId("label-rows-hint")).toContainText("None yet");
  const identity = Array.from({ length: 6 }, (_, i) => Array.from({ length: 6 }, (__, j) => (i === j ? 1 : 0)));
  await page.getByTestId("label-rows").fill("1 2; 3");
  await page.getByTestId("label-rows").blur();
  await expect(page.getByTestId("label-rows")).toHaveAttribute("aria-invalid", "true");
  const file = { name: "labels.csv", mimeType: "text/csv", buffer: Buffer.from(identity.join("\n")) };
  await page.getByTestId("label-rows-file").setInputFiles(file);
  await expect(table).toContainText("your own vectors as labels");
  await expect(page.getByTestId("label-rows-hint")).toContainText("6 × 6 numbers");
  // One-hot vectors by another name.
  expect(await scoresOf(page)).toEqual(usual);

  await page.getByTestId("field-pixels").selectOption("imputed");
  await expect(table).toContainText("50 % of the pixels imputed");
  await expectScores(page);
  await expect(page).toHaveURL(/pixels=imputed/);

  await page.getByText("How uncertainty is judged").click();
  const stage = await cancelledScores(page, async () => {
    await page.getByTestId("field-permutations").fill("10000");
    await page.getByTestId("field-permutations").blur();
  });
  expect(stage).toMatch(/features and their distances|permutations and resamples/);
  await expect(page.getByTestId("scores-progress")).toHaveCount(0);
  await expect(step).toHaveAttribute("data-status", "done");
  await expect(table).toContainText("50 % of the pixels imputed");
  await expect(table).toContainText("50 permutations");
});

/** Cancels the scores that `begin` brings about as soon as the page names a stage of them. Here a stage takes some hundredths of a
 * second: a click from outside of the page can come when all of them are over. */
async function cancelledScores(page: Page, begin: () => Promise<void>): Promise<string> {
  const cancelled = page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const observer = new MutationObserver(() => {
          const line = document.querySelector("[data-testid=scores-progress]");
          const stage = line?.querySelector("span")?.textContent.split(": ")[1] ?? "";
          if (stage === "") return;
          observer.disconnect();
          line?.querySelector("button")?.click();
          resolve(stage);
        });
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      }),
  );
  await begin();
  return cancelled;
}

test("a run can be paused, resumed and cancelled, and the next run is sound", async ({ page }) => {
  await open(page, address("cpu", { steps: 5000, "evaluate-every": 5000 }));
  await page.getByTestId("run-all").click();
  const run = page.getByTestId("run");
  const step = async (): Promise<number> => Number(await run.getAttribute("data-step"));
  await expect.poll(step).toBeGreaterThan(1);
  await page.getByTestId("pause").click();
  await expect(run).toHaveAttribute("data-pace", "paused");
  const held = await step();
  await page.waitForTimeout(1500);
  expect(await step()).toBe(held);
  await page.getByTestId("resume").click();
  await expect.poll(step).toBeGreaterThan(held);
  await page.getByTestId("cancel").click();
  await expect(page.getByTestId("run-cancelled")).toContainText("Cancelled at step");
  await expect(page.getByTestId("step-distil")).toHaveAttribute("data-status", "todo");

  await openRecipe(page);
  await page.getByTestId("field-steps").fill("3");
  await page.getByTestId("distil").click();
  await expectFinished(page, 120_000);
  await expectScores(page);
});

test("the same settings give the same numbers", async ({ page }) => {
  const results: unknown[] = [];
  for (let i = 0; i < 2; i++) {
    await page.goto("about:blank");
    await open(page, address("cpu", { steps: 3, seed: 5 }));
    await page.getByTestId("run-all").click();
    await expectFinished(page, 120_000);
    // Cards come a few a frame.
    await expect(page.getByTestId("cards")).toHaveAttribute("data-stale", "false");
    const hash = await page.getByTestId("reference").getAttribute("data-hash");
    const peaks = await page.getByTestId("peak").evaluateAll((all) => all.map((peak) => peak.dataset["value"]));
    results.push({ hash, peaks, student: await valueOf(page.getByTestId("result-student")) });
  }
  expect(results[1]).toEqual(results[0]);
});

test("WebGPU makes the numbers when it is asked for", async ({ page }) => {
  await open(page, address("webgpu", { steps: 1, batch: 4, "evaluate-every": 100, reference: 6 }));
  await expect(page.getByTestId("device-badge")).toHaveAttribute("data-kind", "webgpu");
  await page.getByTestId("run-all").click();
  await expectFinished(page, 240_000);
  await expectMaps(page);
  await expectScores(page);
});

test("the maps can be put to the test, drawn with a sign and by another method, and settings go out and in", async ({
  page,
}) => {
  await open(page, address("cpu", { reference: 8, steps: 2, maps: "distilled,residual,gradCamTeacher" }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  await page.getByTestId("run-sanity").click();
  await expect(page.getByTestId("sanity")).toBeVisible({ timeout: 120_000 });
  await expect(page.getByTestId("sanity-selfGivenSelf")).toHaveAttribute("data-passed", "true");
  expect(await valueOf(page.getByTestId("sanity-value-shuffledLabelsScore"))).toBeLessThan(1);
  await page.getByTestId("run-faithfulness").click();
  await expect(page.getByTestId("faithfulness")).toBeVisible({ timeout: 240_000 });
  // four UniCAM kinds, and three networks by two methods
  await expect(page.getByTestId("faithfulness-row")).toHaveCount(4 + 3 * 2);

  await openTools(page);
  await page.getByTestId("sign-signed").check();
  await page.getByTestId("class-method").selectOption("layerCam");
  await expect(page).toHaveURL(/sign=signed/);
  await expect(page.getByTestId("cards")).toHaveAttribute("data-stale", "false");
  await expectMaps(page);

  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-config").click()]);
  const config = JSON.parse(await readFile(await saved.path(), "utf8")) as { reference: { images: number } };
  expect(config.reference.images).toBe(8);
  const changed = { ...config, reference: { ...config.reference, images: 9 } };
  const file = {
    name: "unicam-config.json",
    mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify(changed)),
  };
  await page.getByTestId("import-config").setInputFiles(file);
  await expect(page).toHaveURL(/reference=9/);
  const slip = { ...file, buffer: Buffer.from('{"distillation":{"stepps":1}}') };
  await page.getByTestId("import-config").setInputFiles(slip);
  await expect(page.getByTestId("export-failure")).toContainText("stepps");
});
