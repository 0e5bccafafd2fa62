import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

import { address, expectFinished, open, openRecipe, openTools, test } from "./support";

test.setTimeout(600_000);

/** Every screen of the page, one after the other. */
const SCREENS: { name: string; go: (page: Page) => Promise<void> }[] = [
  { name: "first", go: () => Promise.resolve() },
  {
    name: "one's own pictures",
    go: async (page) => {
      await page.getByTestId("data-source-images").check();
      await page.getByText("Size, classes, split and limit").click();
    },
  },
  {
    name: "a Teacher to train",
    go: async (page) => {
      await page.getByTestId("data-source-scenes").check();
      await expect(page.getByTestId("run-all")).toBeEnabled();
      await page.getByTestId("teacher-way-train").check();
      await page.getByTestId("teacher-advanced").locator("summary").click();
    },
  },
  {
    name: "the recipe",
    go: async (page) => {
      await openRecipe(page);
      await page.getByTestId("advanced").locator("summary").click();
      await page.getByTestId("preset").selectOption("attention");
      await page.getByTestId("field-steps").fill("3");
      await page.getByTestId("field-steps").blur();
    },
  },
  {
    name: "a run with maps and scores",
    go: async (page) => {
      await page.getByTestId("run-all").click();
      await expectFinished(page, 120_000);
      await page.getByTestId("all-scores").locator("summary").first().click();
      await page.getByText("How uncertainty is judged").click();
      await page.getByTestId("compare-difference").click();
      await openTools(page);
      await page.getByTestId("sign-signed").check();
      await expect(page.getByTestId("cards")).toHaveAttribute("data-stale", "false");
    },
  },
  {
    name: "matrices and confusions",
    go: async (page) => {
      await page.getByTestId("run-matrices").click();
      await expect(page.getByTestId("matrix")).toBeVisible();
      await page.getByTestId("run-answers").click();
      await page.getByTestId("cell-student-0-0").click();
    },
  },
  {
    name: "checks and runs",
    go: async (page) => {
      await page.getByTestId("run-sanity").click();
      await expect(page.getByTestId("sanity")).toBeVisible({ timeout: 120_000 });
      await page.getByTestId("run-faithfulness").click();
      await expect(page.getByTestId("faithfulness")).toBeVisible({ timeout: 240_000 });
      await page.getByTestId("distil").click();
      await expectFinished(page, 120_000);
      await expect(page.getByTestId("run-row")).toHaveCount(2);
      for (const run of [1, 2]) await page.getByTestId(`compare-run-${String(run)}`).check();
    },
  },
  {
    name: "one picture",
    go: async (page) => {
      await page.getByTestId("open-card").first().click();
      const dialog = page.getByTestId("dialog");
      await dialog.getByTestId("run-layers").click();
      await expect(dialog.getByTestId("layers-table").getByTestId("map")).toHaveCount(15);
      await dialog.getByTestId("reading").locator("summary").click();
      await dialog.getByTestId("spread-batches").selectOption("4");
      await dialog.getByTestId("run-spread").click();
      await expect(dialog.getByTestId("spread-result")).toBeVisible();
    },
  },
];

async function documentWidth(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth);
}

test("nothing scrolls sideways on a phone, and axe finds nothing, on any screen, light or dark", async ({ page }) => {
  await open(page, address("cpu", { reference: 8, "timeline-every": 1 }));
  for (const { name, go } of SCREENS) {
    await page.setViewportSize({ width: 1280, height: 900 });
    await go(page);
    for (const width of [320, 375, 768]) {
      await page.setViewportSize({ width, height: 700 });
      // Charts and grids settle in the frames after.
      await expect.poll(() => documentWidth(page), `${name} at ${String(width)}`).toBeLessThanOrEqual(width);
    }
    for (const [width, theme] of [
      [320, "light"],
      [320, "dark"],
      [1280, "dark"],
      [1280, "light"],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate((wanted) => (document.documentElement.dataset["theme"] = wanted), theme);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const told = violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`,
      );
      expect.soft(told, `${name}, ${theme}, ${String(width)}`).toEqual([]);
    }
  }
});

test("on a phone the maps come first and the tools are one tap away", async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 700 });
  await open(page, address("cpu", { reference: 8 }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  await expect(page.getByTestId("watch")).toBeVisible();
  await page.getByTestId("step-look").click();
  await expect(page.getByTestId("card").first().getByTestId("map").first()).toBeInViewport({ timeout: 10_000 });
  await expect(page.getByTestId("layer-1")).toHaveCount(0);
  await page.getByTestId("tools").locator("summary").click();
  await page.getByTestId("layer-1").check();
  await expect(page.getByTestId("cards")).toHaveAttribute("data-layer", "layer1");
});

test("a finished run is shown by its maps, with the tools folded, and the focus goes along", async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await open(page, "/?device=cpu#reference=12");
  await page.getByTestId("show-finished").press("Enter");
  await expectFinished(page, 120_000);
  await expect(page.getByTestId("card").first().getByTestId("map").first()).toBeInViewport({ timeout: 10_000 });
  await expect(page.getByTestId("layer-1")).toBeInViewport();
  await expect(page.getByTestId("legend")).toBeInViewport();
  await expect(page.getByTestId("opacity")).toHaveCount(0);
  await expect(page.locator("#title-look")).toBeFocused();
});

test("light and dark can be switched, whatever the system says, and the choice lasts", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  await open(page, address("cpu"));
  const paper = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await paper();
  await page.getByTestId("theme").selectOption("dark");
  const dark = await paper();
  expect(dark).not.toBe(light);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.getByTestId("theme").selectOption("light");
  expect(await paper()).toBe(light);
  await page.reload();
  await expect(page.getByTestId("theme")).toHaveValue("light");
  expect(await paper()).toBe(light);
  await page.getByTestId("theme").selectOption("auto");
  expect(await paper()).toBe(dark);
});

test("on paper there is ink on white, and no control", async ({ page }) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await open(page, address("cpu", { reference: 8, "timeline-every": 1 }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  await page.getByTestId("theme").selectOption("dark");
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  const [paper, ink] = await page.evaluate(() => {
    const { backgroundColor, color } = getComputedStyle(document.body);
    return [backgroundColor, color].map((text) => Number(/\d+/.exec(text)?.[0]));
  });
  expect(paper).toBeGreaterThan(240);
  expect(ink).toBeLessThan(60);
  await expect(page.getByTestId("watch-scrubber")).toBeHidden();
  await expect(page.getByTestId("run-all")).toBeHidden();
  await expect(page.getByTestId("watch-maps")).toBeVisible();
  await expect(page.getByTestId("score-summary")).toBeVisible();
});

test("the way from the head to the maps can be gone by keys alone", async ({ page }) => {
  await open(page, address("cpu", { reference: 8, "timeline-every": 1 }));
  const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.getAttribute("data-testid") ?? "");
  const tabTo = async (testId: string): Promise<void> => {
    for (let i = 0; i < 400 && (await focused()) !== testId; i++) await page.keyboard.press("Tab");
    expect(await focused()).toBe(testId);
  };
  await tabTo("run-all");
  await page.keyboard.press("Enter");
  await expectFinished(page, 120_000);
  await tabTo("watch-scrubber");
  await page.keyboard.press("Home");
  await expect(page.getByTestId("watch-step")).toHaveAttribute("data-value", "0");
  await tabTo("step-look");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("section-look")).toBeInViewport();
  await tabTo("story-networks");
  await expect(page.getByTestId("story-networks")).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("story-card")).toHaveAttribute("data-step", "networks");
});
