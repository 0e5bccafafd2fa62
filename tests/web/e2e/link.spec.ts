// A link holds the whole state: who opens it sees the same digits after one click.

import { expect, type Page } from "@playwright/test";

import { address, expectFinished, open, openRecipe, scoresOf, test, watch } from "./support";

/** The link that the page hands out. */
async function copyLink(page: Page): Promise<string> {
  await page.getByTestId("copy-link").click();
  await expect(page).toHaveURL(/run=/);
  return page.url();
}

/** Waits until all cards stand: they and their maps are drawn some a frame. */
async function allDrawn(page: Page): Promise<void> {
  let former = 0;
  const standsStill = async (): Promise<boolean> => {
    const now = await page.getByTestId("peak").count();
    const isSame = now > 0 && now === former;
    former = now;
    return isSame;
  };
  await expect.poll(standsStill, { intervals: [500] }).toBe(true);
}

/** Every digit that the page shows of a run. */
async function digitsOf(page: Page): Promise<unknown> {
  await allDrawn(page);
  const peaks = await page.getByTestId("peak").evaluateAll((all) => all.map((peak) => peak.dataset["value"]));
  const accuracies = await page
    .locator('[data-testid^="result-"].number')
    .evaluateAll((all) => all.map((cell) => (cell as HTMLElement).dataset["value"]));
  const hash = await page.getByTestId("reference").getAttribute("data-hash");
  return { scores: [...(await scoresOf(page))], peaks, accuracies, hash };
}

/** Opens a link as a colleague does: in a browser of its own, with one click. */
async function repeat(page: Page, link: string): Promise<unknown> {
  const context = await page.context().browser()?.newContext();
  const other = await context?.newPage();
  if (!context || !other) throw new Error("a browser has contexts");
  await other.addInitScript(() => {
    Reflect.deleteProperty(Navigator.prototype, "serviceWorker");
  });
  const watched = watch(other, new URL(link).origin);
  await other.goto(link);
  await expect(other.getByTestId("repeat-link")).toBeEnabled();
  await other.getByTestId("repeat-link").click();
  await expectFinished(other, 180_000);
  await expect(other.getByTestId("link")).toHaveCount(0);
  const digits = await digitsOf(other);
  expect(watched.problems).toEqual([]);
  await context.close();
  return digits;
}

test("a distillation with settings of its own, opened by its link, has the same digits", async ({ page }) => {
  const own = { seed: 7, "reference-seed": 4, layer: 2, objective: "unique", "class-method": "layerCam", dial: 0.4 };
  await open(page, address("cpu", own));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  const digits = await digitsOf(page);
  // What the form says afterwards is not what the run was made with.
  await openRecipe(page);
  await page.getByTestId("field-steps").fill("9");
  await page.getByTestId("field-steps").blur();
  await expect(page).toHaveURL(/steps=9/);
  const link = await copyLink(page);
  expect(link).toContain("run=scenes,shipped,shipped,distilled");
  expect(link).toContain("steps=4");
  expect(link).toContain("device=cpu");
  expect(await repeat(page, link)).toEqual(digits);
});

test("a Teacher that was trained here and a finished pair are in the link, too", async ({ page }) => {
  await open(page, address("cpu", { steps: 2 }));
  await page.getByTestId("teacher-way-train").check();
  await page.getByTestId("train-teacher").click();
  await expect(page.getByTestId("step-teacher")).toHaveAttribute("data-status", "done", { timeout: 60_000 });
  await page.getByTestId("distil").click();
  await expectFinished(page, 120_000);
  const trained = await digitsOf(page);
  const link = await copyLink(page);
  expect(link).toContain("run=scenes,trained,");
  expect(await repeat(page, link)).toEqual(trained);

  await page.goto("about:blank");
  await open(page, address("cpu"));
  await page.getByTestId("show-finished").click();
  await expectFinished(page, 120_000);
  const finished = await digitsOf(page);
  const other = await copyLink(page);
  expect(other).toMatch(/run=scenes,shipped,\w+,finished/);
  expect(await repeat(page, other)).toEqual(finished);
});

test("what an address names and the page does not take is told, until settings are changed", async ({ page }) => {
  await open(page, `${address("cpu", { steps: 0 })}&nonsense=1&batch=9`);
  const refused = page.getByTestId("refused");
  await expect(refused).toContainText("steps=0, nonsense=1");
  await expect(refused).not.toContainText("batch");
  await openRecipe(page);
  await page.getByTestId("field-steps").fill("8");
  await page.getByTestId("field-steps").blur();
  await expect(page).toHaveURL(/steps=8/);
  await expect(refused).toHaveCount(0);
  await page.evaluate(() => {
    location.hash = "#steps=many";
  });
  await expect(refused).toContainText("steps=many");
});
