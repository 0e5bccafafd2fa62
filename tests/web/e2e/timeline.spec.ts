import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

import { expect, type Page } from "@playwright/test";

import { address, expectFinished, open, pixelsOf, test, valueOf } from "./support";

/** A run that is watched at every step. */
const WATCHED = { steps: 6, "timeline-every": 1, "timeline-pictures": 4, "evaluate-every": 3 };

function share(value: number | undefined): string {
  return `${(100 * (value ?? NaN)).toFixed(0)} %`;
}

async function stepOnShow(page: Page): Promise<number> {
  return valueOf(page.getByTestId("watch-step"));
}

test("a learning is drawn as it comes on the first screen, and can be played back point by point", async ({ page }) => {
  await open(page, address("cpu", { ...WATCHED, steps: 400 }));
  await expect(page.getByTestId("watch")).toHaveCount(0);
  await page.getByTestId("run-all").click();
  const watch = page.getByTestId("watch");
  // While it goes on: the newest point, without a scroll.
  await expect.poll(() => stepOnShow(page)).toBeGreaterThan(2);
  await expect(page.getByTestId("watch-maps")).toBeInViewport();
  const early = await stepOnShow(page);
  await expect.poll(() => stepOnShow(page)).toBeGreaterThan(early);
  await page.getByTestId("watch-pause").click();
  await expect(page.getByTestId("run")).toHaveAttribute("data-pace", "paused");
  // Another point can be looked at meanwhile, and stays.
  await page.getByTestId("watch-scrubber").fill("1");
  expect(await stepOnShow(page)).toBe(1);
  await page.getByTestId("watch-pause").click();
  await page.waitForTimeout(500);
  expect(await stepOnShow(page)).toBe(1);
  await page.getByTestId("watch-cancel").click();
  await expect(page.getByTestId("run-cancelled")).toBeVisible();
  // It says so where the bar was, and offers no maps: there are none.
  await expect(watch.getByTestId("watch-cancelled")).toHaveText(/^Cancelled at step \d+\.$/);
  await expect(watch.getByTestId("see-maps")).toHaveCount(0);
});

test("the whole learning is there afterwards: by keys, by steps, by itself, and in the report", async ({ page }) => {
  await open(page, address("cpu", WATCHED));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  const watch = page.getByTestId("watch");
  await expect(watch).toHaveAttribute("data-points", "7");
  expect(await stepOnShow(page)).toBe(6);
  await expect(page.getByTestId("watch-chart")).toHaveAttribute("aria-label", /after step 6/);
  // Test accuracies stand on the same axis, and are told at the point on show.
  const [student, base] = await Promise.all(
    ["student", "base"].map((name) => valueOf(page.getByTestId(`result-${name}`))),
  );
  const tested = `tested after step 6, the Student names ${share(student)} rightly, the Base ${share(base)}`;
  await expect(page.getByTestId("watch-chart")).toHaveAttribute("aria-label", new RegExp(tested));
  await expect(page.getByTestId("watch-told")).toContainText(tested);
  const [right, likeness] = [watch.locator(".curve-legend").first(), watch.locator(".curve-legend").last()];
  for (const name of ["Student, test accuracy", "Base, test accuracy", "Chance"])
    await expect(right).toContainText(name);
  for (const name of ["Student, FSS", "Residual, RS"]) await expect(likeness).toContainText(name);
  await expect(page.getByTestId("watch-scores")).toHaveAttribute("aria-label", /FSS and RS .* after step 6/);
  // The answer stands above the points, and the way to the maps beside it.
  const outcome = page.getByTestId("watch-outcome");
  await expect(outcome).toBeInViewport();
  for (const name of ["teacher", "student", "base"]) {
    const value = await valueOf(page.getByTestId(`result-${name}`));
    expect(await valueOf(outcome.getByTestId(`outcome-${name}`)), name).toBe(value);
  }
  const [verdict = ""] = await page.getByTestId("result-text").locator("p").allInnerTexts();
  await expect(outcome).toContainText(verdict);
  await expect(outcome.getByTestId("see-maps")).toBeEnabled();
  const maps = page.getByTestId("watch-maps");
  const drawn = maps.getByTestId("watch-distilled");
  expect((await pixelsOf(drawn.first())).colours).toBeGreaterThan(1);
  await expect(drawn.first()).toHaveAttribute("aria-label", /Distilled map on a .* after step 6: strongest in the/);

  const scrubber = page.getByTestId("watch-scrubber");
  await scrubber.focus();
  await page.keyboard.press("Home");
  expect(await stepOnShow(page)).toBe(0);
  // Before the first step there is nothing to be distilled.
  await expect(drawn).toHaveCount(0);
  await expect(page.getByTestId("watch-told")).toContainText("Before the first step both networks are the same");
  await expect(page.getByTestId("watch-back")).toBeDisabled();
  // The last test up to the point on show: before the first step and after every third.
  await expect(page.getByTestId("watch-told")).toContainText("tested after step 0,");
  await page.keyboard.press("ArrowRight");
  await expect(scrubber).toHaveAttribute("aria-valuetext", "step 1 of 6");
  await page.getByTestId("watch-forward").click();
  expect(await stepOnShow(page)).toBe(2);
  await expect(page.getByTestId("watch-told")).toContainText("tested after step 0,");
  await page.getByTestId("watch-back").click();
  expect(await stepOnShow(page)).toBe(1);
  await scrubber.focus();
  await page.keyboard.press(" ");
  await expect.poll(() => stepOnShow(page)).toBe(6);
  await page.keyboard.press(" ");
  await expect.poll(() => stepOnShow(page)).toBeLessThan(3);

  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-report").click()]);
  const report = JSON.parse(await readFile(await saved.path(), "utf8")) as {
    distillation: { timeline: { points: { step: number; maps: string }[]; pictures: unknown[]; layer: string } };
    scores: { layers: { ok: { rsDistilled: { semiPartial: number } } }[] };
    maps: { images: { texts: string[] }[] }[];
  };
  const { points, pictures, layer } = report.distillation.timeline;
  expect(points.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect([pictures.length, layer]).toEqual([4, "layer3"]);
  expect(report.maps[0]?.images[0]?.texts.join()).toContain("strongest in the");

  // The report alone repeats the run, points and all.
  await page.goto("about:blank");
  await open(page, "/?device=cpu#reference=9");
  await page.getByTestId("import-config").setInputFiles(
    await saved.path().then((path) => ({
      name: "unicam-report.json",
      mimeType: "application/json",
      buffer: readFileSync(path),
    })),
  );
  await expect(page).toHaveURL(/timeline-every=1/);
  await expect(page.getByTestId("run-all")).toBeEnabled();
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  const [again] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-report").click()]);
  const repeated = JSON.parse(await readFile(await again.path(), "utf8")) as typeof report;
  expect(repeated.distillation.timeline.points).toEqual(points);
});

test("a replay has the same points, and where nothing is watched there is no timeline", async ({ page }) => {
  const told: string[] = [];
  for (let i = 0; i < 2; i++) {
    await page.goto("about:blank");
    await open(page, address("cpu", WATCHED));
    await page.getByTestId("run-all").click();
    await expectFinished(page, 120_000);
    const texts: string[] = [];
    for (let at = 0; at < 7; at++) {
      await page.getByTestId("watch-scrubber").fill(String(at));
      texts.push(await page.getByTestId("watch-told").innerText());
    }
    told.push(texts.join("\n"));
  }
  expect(told[1]).toBe(told[0]);
  await page.goto("about:blank");
  await open(page, address("cpu", { ...WATCHED, "timeline-pictures": 0 }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  await expect(page.getByTestId("watch")).toHaveCount(0);
});

test("watched pictures are of one size, and more than six go on below the first of them", async ({ page }) => {
  await open(page, address("cpu", { ...WATCHED, "timeline-pictures": 10 }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  const tiles = page.getByTestId("watch-maps").locator(".tile-frame");
  await expect(tiles).toHaveCount(30);
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    const boxes = await tiles.evaluateAll((all) => all.map((tile) => tile.getBoundingClientRect().toJSON() as DOMRect));
    const [first] = boxes;
    for (const [i, box] of boxes.entries()) {
      const [column, told] = [(i % 10) % 6, `picture ${String(i)} at ${String(width)} px`];
      expect(Math.abs(box.width - (first?.width ?? NaN)), told).toBeLessThan(1);
      expect(Math.abs(box.left - (boxes[column]?.left ?? NaN)), told).toBeLessThan(1);
    }
  }
});

test("watching costs at most 15 % of the training, as the page leaves it to the program", async ({ page }) => {
  await open(page, address("cpu", { steps: 60, batch: 32, train: 300, reference: 48, "evaluate-every": 60 }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 240_000);
  const share = await valueOf(page.getByTestId("watch-cost"));
  console.log(`watching took ${(100 * share).toFixed(1)} % of the training`);
  expect(share).toBeGreaterThan(0);
  expect(share).toBeLessThanOrEqual(0.15);
});
