import { expect } from "@playwright/test";

import { address, expectFinished, open, openTools, pixelsOf, test } from "./support";

test("maps are compared on one scale, as a difference, layer by layer, and can be read cell by cell", async ({
  page,
}) => {
  await open(page, address("cpu", { reference: 8, "timeline-pictures": 0 }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  const first = page.getByTestId("card").first();
  await page.getByTestId("compare-oneScale").click();
  await expect(page.getByTestId("compare-oneScale")).toHaveAttribute("aria-pressed", "true");
  await expect(page).toHaveURL(/scale=shared/);
  const kinds = (): Promise<(string | undefined)[]> =>
    first.getByTestId("map").evaluateAll((maps) => maps.map((map) => map.dataset["kind"]));
  await expect.poll(kinds).toEqual(["gradCamTeacher", "gradCamStudent", "gradCamBase"]);
  await page.getByTestId("compare-difference").click();
  await expect(first.getByTestId("difference")).toBeVisible();
  const drawn = page.getByTestId("pixels-difference");
  await expect(drawn.first()).toHaveAttribute("aria-label", /Distilled less residual\. Distilled: .+ Residual: .+/);
  const colours = await Promise.all((await drawn.all()).map(async (canvas) => (await pixelsOf(canvas)).colours));
  expect(Math.max(...colours)).toBeGreaterThan(8);
  // The outline of the object, on the Scenes.
  await expect(first.locator(".tile-outline").first()).toBeVisible();
  await openTools(page);
  await page.getByTestId("field-outline").uncheck();
  await expect(first.locator(".tile-outline")).toHaveCount(0);
  await page.getByTestId("compare-usual").click();
  await expect(first.getByTestId("difference")).toHaveCount(0);

  await first.getByTestId("open-card").click();
  const dialog = page.getByTestId("dialog");
  await dialog.getByTestId("run-layers").click();
  await expect(dialog.getByTestId("layers-table").locator("thead th")).toHaveCount(4);
  await expect(dialog.getByTestId("layers-table").getByTestId("map")).toHaveCount(15);
  await dialog.getByTestId("reading").locator("summary").click();
  const table = dialog.getByTestId("reading-table");
  await expect(table.locator("tbody tr")).toHaveCount(8);
  await dialog.getByTestId("reading-map").selectOption("gradCamTeacher");
  const cells = await table.locator("tbody td").allInnerTexts();
  expect(cells).toHaveLength(64);
  expect(Math.max(...cells.map(Number))).toBeGreaterThan(40);
  await expect(table.locator("caption")).toContainText(/strongest in the .+ on the object/);
});
