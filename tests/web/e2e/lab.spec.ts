import { expect, type Page } from "@playwright/test";

import { address, expectFinished, open, openRecipe, test, valueOf } from "./support";

/** The canvas's pixels as they are, to see whether anything is drawn anew. */
function drawn(page: Page): Promise<string> {
  return page.getByTestId("run-curves-chart").evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
}

/** The overlaid curves are read out together: under a pointer, and by keys. */
async function expectCrosshair(page: Page): Promise<void> {
  const canvas = page.getByTestId("run-curves-chart");
  const step = page.getByTestId("run-curves-chart-step");
  const values = page.getByTestId("run-curves").locator(".curve-value");
  await canvas.scrollIntoViewIfNeeded();
  await page.mouse.move(0, 0);
  await expect(values).toHaveText(Array<string>(6).fill(""));
  const bare = await drawn(page);

  // Tested after steps 0, 2 and 3: the right edge is nearest to the last one.
  const box = await canvas.boundingBox();
  if (!box) throw new Error("the curves are not on show");
  await page.mouse.move(box.x + 0.95 * box.width, box.y + box.height / 2);
  await expect(step).toHaveAttribute("data-step", "3");
  await expect(step).toHaveText("Step 3");
  const students = await Promise.all([1, 2, 3].map((run) => valueOf(page.getByTestId(`run-student-${String(run)}`))));
  for (const [at, student] of students.entries()) {
    await expect(values.nth(2 * at)).toHaveText(`${(100 * student).toFixed(0)} %`);
  }
  expect(await drawn(page)).not.toBe(bare);
  // Further to the left the step before: the same three runs have a value there, too.
  await page.mouse.move(box.x + 0.6 * box.width, box.y + box.height / 2);
  await expect(step).toHaveAttribute("data-step", "2");
  await expect(values.nth(0)).toHaveText(/^\d+ %$/);
  await page.mouse.move(box.x + box.width / 2, box.y - 60);
  await expect(step).toHaveAttribute("data-step", "");
  await expect(values).toHaveText(Array<string>(6).fill(""));
  await expect.poll(() => drawn(page)).toBe(bare);

  const slider = page.getByRole("slider", { name: /^Test accuracy of Student/ });
  await slider.focus();
  await page.keyboard.press("Home");
  await expect(step).toHaveAttribute("data-step", "0");
  await page.keyboard.press("ArrowRight");
  await expect(step).toHaveAttribute("data-step", "2");
  await page.keyboard.press("ArrowRight");
  await expect(slider).toHaveAttribute("aria-valuenow", "3");
  await expect(slider).toHaveAttribute(
    "aria-valuetext",
    new RegExp(`^Step 3: .*Student ${(100 * (students[0] ?? NaN)).toFixed(0)} %; .*Base \\d+ %`),
  );
  await page.keyboard.press("ArrowRight");
  await expect(step).toHaveAttribute("data-step", "3");
  await page.keyboard.press("Escape");
  await expect(step).toHaveAttribute("data-step", "");
  await page.keyboard.press("ArrowLeft");
  await expect(step).toHaveAttribute("data-step", "3");
  await slider.blur();
  await expect(step).toHaveAttribute("data-step", "");
}

test("runs are kept with what differs, several seeds in one go with mean and spread, named, compared, deleted", async ({
  page,
}) => {
  await open(page, address("cpu", { steps: 3, reference: 8, "timeline-pictures": 0, permutations: 50, resamples: 50 }));
  await expect(page.getByTestId("section-lab")).toContainText(
    "Every distillation that comes to its end is listed here",
  );
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  const rows = page.getByTestId("run-row");
  await expect(rows).toHaveCount(1);
  expect(await valueOf(page.getByTestId("run-student-1"))).toBe(await valueOf(page.getByTestId("result-student")));

  // A recipe out of the literature, laid over the shipped settings.
  await openRecipe(page);
  await page.getByTestId("preset").selectOption("decoupled");
  await expect(page.getByTestId("preset-source")).toHaveAttribute("href", /2203\.08679/);
  await expect(page).toHaveURL(/decoupled=1/);
  await page.getByTestId("field-steps").fill("3");
  await page.getByTestId("field-steps").blur();
  await page.getByTestId("seeds").selectOption("2");
  await page.getByTestId("distil-series").click();
  await expect(page.getByTestId("series")).toHaveAttribute("data-running", "false", { timeout: 240_000 });
  await expect(rows).toHaveCount(3);
  await expect(page.getByTestId("series")).toHaveAttribute("data-done", "2");
  const students = [await valueOf(page.getByTestId("run-student-2")), await valueOf(page.getByTestId("run-student-3"))];
  const mean = students.reduce((sum, value) => sum + value, 0) / 2;
  expect(await valueOf(page.getByTestId("series-student"))).toBeCloseTo(mean, 9);
  const spread = Math.abs((students[0] ?? NaN) - (students[1] ?? NaN)) / Math.SQRT2;
  expect(await valueOf(page.getByTestId("series-sd-student"))).toBeCloseTo(spread, 9);

  // Only what differs has a column.
  await expect(page.getByTestId("differs-seed")).toHaveCount(1);
  await expect(page.getByTestId("differs-decoupled")).toHaveCount(1);
  await expect(page.getByTestId("differs-dial")).toHaveCount(0);
  await expect(page.getByTestId("differs-steps")).toHaveCount(0);
  await expect(page.getByTestId("run-curves")).toHaveAttribute("data-runs", "3");

  await expectCrosshair(page);

  await page.getByTestId("name-2").fill("DKD, first seed");
  await page.getByTestId("name-2").blur();
  await page.getByTestId("compare-run-1").check();
  await page.getByTestId("compare-run-2").check();
  const side = page.getByTestId("side-table");
  await expect(side).toContainText("DKD, first seed");
  await expect(side.locator("tbody tr")).toHaveCount(6);
  await expect(side.locator("tbody tr").first().getByTestId("map")).toHaveCount(4);
  await page.getByTestId("delete-1").click();
  await expect(rows).toHaveCount(2);
  await expect(side).toHaveCount(0);
  // Back to the settings of a run.
  await page.getByTestId("take-3").click();
  await expect(page).toHaveURL(/seed=2/);
});
