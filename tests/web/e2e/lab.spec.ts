import { expect } from "@playwright/test";

import { address, expectFinished, open, openRecipe, test, valueOf } from "./support";

test("runs are kept with what differs, several seeds in one go with mean and spread, named, compared, deleted", async ({
  page,
}) => {
  await open(page, address("cpu", { steps: 3, reference: 8, "timeline-pictures": 0, permutations: 50, resamples: 50 }));
  await expect(page.getByTestId("section-lab")).toContainText("Every distillation that comes to its end is kept here");
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
