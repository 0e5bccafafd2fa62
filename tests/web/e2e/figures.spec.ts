// Every figure is saved as a picture and as a drawing, with the words that stand in it.

import { readFile } from "node:fs/promises";

import { expect, type Page } from "@playwright/test";

import { address, expectFinished, open, test } from "./support";

async function saved(page: Page, button: string, name: string): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId(button).first().click()]);
  expect(download.suggestedFilename()).toBe(name);
  return readFile(await download.path());
}

/** Width and height out of a PNG's header. */
function extents(png: Buffer): [number, number] {
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
}

test("charts are vectors, maps are pixels, and both are saved with their words", async ({ page }) => {
  await open(page, address("cpu", { steps: 4 }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);

  const chart = (await saved(page, "save-svg-chart-networks", "unicam-chart-networks.svg")).toString();
  expect(chart).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  expect(chart).not.toContain("<image");
  for (const word of ["Teacher", "Student", "Base", "layer"]) expect(chart, word).toContain(word);
  // Three curves with a marker for each of the three layers, and whiskers.
  expect([...chart.matchAll(/stroke-width="1.5"/g)].length).toBe(3);
  expect(chart).not.toContain("NaN");
  const [width, height] = extents(await saved(page, "save-png-chart-networks", "unicam-chart-networks.png"));
  expect(Math.min(width, height)).toBeGreaterThan(300);

  const maps = (await saved(page, "save-svg-maps", "unicam-maps.svg")).toString();
  const cards = await page.getByTestId("card").count();
  expect([...maps.matchAll(/<image /g)].length).toBeGreaterThanOrEqual(cards * 2);
  expect(maps).toContain("Distilled");
  expect(maps).not.toContain("Enlarge");
  extents(await saved(page, "save-png-maps", "unicam-maps.png"));

  await page.getByTestId("open-card").first().click();
  extents(await saved(page, "save-png-picture-maps", "unicam-picture-maps.png"));
  await page.getByTestId("run-layers").click();
  await expect(page.getByTestId("layers-table").getByRole("columnheader", { name: "layer 3" })).toBeVisible();
  const layers = (await saved(page, "save-svg-layers", "unicam-layers.svg")).toString();
  for (const word of ["layer 1", "layer 3", "Residual"]) expect(layers, word).toContain(word);
  await page.getByTestId("run-spread").click();
  await expect(page.getByTestId("spread-result")).toBeVisible({ timeout: 60_000 });
  const spread = (await saved(page, "save-svg-spread", "unicam-spread.svg")).toString();
  expect([...spread.matchAll(/<image /g)].length).toBeGreaterThanOrEqual(4);
  await page.keyboard.press("Escape");
  await page.getByTestId("run-matrices").click();
  await expect(page.getByTestId("matrix")).toBeVisible();
  extents(await saved(page, "save-png-matrix", "unicam-matrix.png"));
  // A table whose cells are buttons keeps its numbers.
  await page.getByTestId("run-answers").click();
  const cell = page.getByTestId("cell-teacher-0-0");
  const confusions = (await saved(page, "save-svg-confusions", "unicam-confusions.svg")).toString();
  expect(confusions).toContain(`>${(await cell.textContent()) ?? "?"}</text>`);
  expect([...confusions.matchAll(/<rect [^>]*fill="rgb\(/g)].length).toBeGreaterThanOrEqual(3 * 6 * 6);
  extents(await saved(page, "save-png-confusions", "unicam-confusions.png"));
  // The buttons are reached by the keyboard and say what they save.
  const button = page.getByTestId("save-png-matrix");
  await button.focus();
  await expect(button).toBeFocused();
  await expect(button).toHaveAccessibleName(/as a PNG picture/);
});
