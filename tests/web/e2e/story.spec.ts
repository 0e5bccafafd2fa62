import { expect, type Page } from "@playwright/test";

import { address, expectFinished, open, scoresOf, test, valueOf } from "./support";

const STEPS = ["distillation", "networks", "distances", "removal", "maps", "scores"];

async function everyStep(page: Page, look: (step: string) => Promise<void>): Promise<void> {
  for (const step of STEPS) {
    await page.getByTestId(`story-${step}`).click();
    await expect(page.getByTestId("story-card")).toHaveAttribute("data-step", step);
    await look(step);
  }
}

test("the story speaks with the numbers of the run on the page, its terms and formulas one click away", async ({
  page,
}) => {
  await open(page, address("cpu"));
  await page.getByTestId("to-story").click();
  await expect(page.getByTestId("story-card")).toBeInViewport();
  await everyStep(page, async () => {
    await expect(page.getByTestId("story-numbers")).toHaveAttribute("data-known", "false");
  });
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  const scores = await scoresOf(page);
  const told = new Map<string, string>();
  await everyStep(page, async (step) => {
    const numbers = page.getByTestId("story-numbers");
    await expect(numbers).toHaveAttribute("data-known", "true");
    told.set(step, await numbers.innerText());
    const card = page.getByTestId("story-card");
    await card.locator("summary").click();
    await expect(card.locator("code").first()).toBeVisible();
    await card.locator("summary").click();
    const term = card.locator(".term").first();
    await term.click();
    await expect(card.locator(".term-text:popover-open")).toHaveCount(1);
    await page.keyboard.press("Escape");
    await expect(card.locator(".term-text:popover-open")).toHaveCount(0);
  });
  const student = Math.round(100 * (await valueOf(page.getByTestId("result-student"))));
  expect(told.get("networks")).toContain(`Student ${String(student)} %`);
  const two = (name: string): string => (scores.get(name) ?? NaN).toFixed(2).replace("-", "−").replace("−0.00", "0.00");
  expect(told.get("distances")).toContain(two("fssStudent-corrected-layer3"));
  expect(told.get("removal")).toContain(two("rsDistilled-semi-layer3"));
  // By keys alone: back, next, and to the place on the page.
  await page.getByTestId("story-distillation").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("story-back")).toBeDisabled();
  await page.getByTestId("story-next").focus();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("story-card")).toHaveAttribute("data-step", "networks");
  await page.getByTestId("story-go").click();
  await expect(page.getByTestId("section-distil")).toBeInViewport();
});

test("the story is complete in both languages, and fits a phone of 320 pixels", async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 700 });
  await open(page, address("cpu"));
  for (const language of ["en", "zh-CN"]) {
    await page.getByTestId("language").selectOption(language);
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    await everyStep(page, async (step) => {
      const card = page.getByTestId("story-card");
      await card.locator("summary").click();
      const text = await card.innerText();
      expect(text, step).not.toMatch(/\{\{|story\.|terms\./);
      expect(/[一-鿿]/.test(text), `${step} in ${language}`).toBe(language === "zh-CN");
      const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(widths[0], `${step} in ${language}`).toBeLessThanOrEqual(widths[1] ?? 0);
      const cut = await card
        .locator("h3, p:not(.story-formula), button")
        .evaluateAll((all) => all.filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0).length);
      expect(cut, `${step} in ${language}`).toBe(0);
      await card.locator("summary").click();
    });
  }
  // Another language tells the same step.
  await page.getByTestId("story-removal").click();
  await page.getByTestId("language").selectOption("en");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.getByTestId("story-card")).toHaveAttribute("data-step", "removal");
  await page.getByTestId("language").selectOption("zh-CN");
  // The choice lasts, and an address can carry it.
  await page.reload();
  await expect(page.getByTestId("language")).toHaveValue("zh-CN");
  await page.goto("/?device=cpu&language=en");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
});
