// What the page tests share: a page that is watched, addresses of small runs, and ways to read results off the page.

import { expect, type Locator, type Page, test as base } from "@playwright/test";

/** Everything that a clean page never does. */
export interface Watch {
  /** console errors and warnings, uncaught errors, requests to elsewhere */
  problems: string[];
}

/** Watches a page from before its first byte; it may ask these origins and no other. */
export function watch(page: Page, ...origins: string[]): Watch {
  const problems: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`uncaught: ${error.message}`));
  const asked = (address: string): void => {
    const url = new URL(address);
    const isHere = origins.includes(url.origin) || url.protocol === "data:" || url.protocol === "blob:";
    if (!isHere) problems.push(`request to ${url.href}`);
  };
  page.on("request", (request) => {
    asked(request.url());
  });
  // The page has no use for one, wherever it leads.
  page.on("websocket", (socket) => problems.push(`socket to ${socket.url()}`));
  page.context().on("serviceworker", (worker) => {
    asked(worker.url());
  });
  return { problems };
}

/** A test whose page has to stay clean to the end. */
export const test = base.extend<{ watched: Watch }>({
  watched: [
    async ({ page, baseURL }, use) => {
      // Keeping its files costs as much as loading the page; hosting.spec.ts is about that.
      await page.addInitScript(() => {
        Reflect.deleteProperty(Navigator.prototype, "serviceWorker");
      });
      const watched = watch(page, new URL(baseURL ?? "").origin);
      await use(watched);
      expect(watched.problems).toEqual([]);
    },
    { auto: true },
  ],
});

/** An address with settings; those that make a run small come first and can be overridden. */
export function address(device: "cpu" | "webgpu", settings: Record<string, string | number> = {}): string {
  const small = {
    train: 60,
    test: 24,
    steps: 4,
    batch: 8,
    "report-every": 1,
    "evaluate-every": 2,
    reference: 12,
    "teacher-steps": 3,
    "teacher-batch": 8,
    "teacher-blocks": 1,
    "teacher-width": 8,
    "teacher-report-every": 1,
  };
  const all = Object.entries({ ...small, ...settings }).map(([key, value]): [string, string] => [key, String(value)]);
  return `/?device=${device}#${new URLSearchParams(all).toString()}`;
}

/** Opens the page and waits until the built-in scenes are painted. */
export async function open(page: Page, where: string): Promise<void> {
  await page.goto(where);
  await expect(page.getByTestId("sheet-test").locator("canvas[data-painted]").first()).toBeVisible();
  await expect(page.getByTestId("run-all")).toBeEnabled();
}

/** Unfolds the recipe, which folds itself when a run begins. */
export async function openRecipe(page: Page): Promise<void> {
  const recipe = page.getByTestId("recipe");
  if ((await recipe.getAttribute("open")) === null) await recipe.locator("summary").first().click();
}

/** Unfolds the tools above the maps that are wanted more seldom. */
export async function openTools(page: Page): Promise<void> {
  const tools = page.getByTestId("tools");
  if ((await tools.getAttribute("open")) === null) await tools.locator("summary").click();
}

/** What a canvas holds, in three numbers. */
export interface Pixels {
  width: number;
  height: number;
  /** different RGBA values */
  colours: number;
}

/** Reads a canvas's pixels. */
export async function pixelsOf(canvas: Locator): Promise<Pixels> {
  await expect(canvas).toHaveAttribute("data-painted", "true");
  return canvas.evaluate((element: HTMLCanvasElement) => {
    const { width, height } = element;
    const data = element.getContext("2d")?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray();
    const words = new Uint32Array(data.buffer.slice(0));
    return { width, height, colours: new Set(words).size };
  });
}

/** The raw number behind an element. */
export async function valueOf(element: Locator): Promise<number> {
  return Number((await element.getAttribute("data-value")) ?? "NaN");
}

/** Every score on the page by its name; a missing number is NaN. */
export async function scoresOf(page: Page): Promise<Map<string, number>> {
  await expect(page.getByTestId("scores")).toHaveAttribute("data-complete", "true");
  const pairs = await page.locator('[data-testid^="score-"].number').evaluateAll((cells) =>
    cells.map((cell): [string, number] => {
      const { testid = "", value = "NaN" } = (cell as HTMLElement).dataset;
      return [testid.replace(/^score-/, ""), Number(value)];
    }),
  );
  return new Map(pairs);
}

/** Checks that there are scores for all three layers and that each lies where scores lie. */
export async function expectScores(page: Page): Promise<void> {
  const scores = await scoresOf(page);
  expect(scores.size).toBe(18 * 3);
  for (const [name, value] of scores) {
    const most = name.includes("Over") ? 2 : 1; // a difference of two scores
    expect(Math.abs(value), name).toBeLessThanOrEqual(most);
  }
}

/** Checks the maps on show: painted, of more than one colour, or said to be empty; at least one is not empty. */
export async function expectMaps(page: Page): Promise<void> {
  await expect(page.getByTestId("cards")).toHaveAttribute("data-stale", "false");
  const maps = await page.getByTestId("map").all();
  expect(maps.length).toBeGreaterThan(0);
  let filled = 0;
  for (const map of maps) {
    const kind = (await map.getAttribute("data-kind")) ?? "";
    const peak = Number(await map.getAttribute("data-peak"));
    expect(Number.isFinite(peak), kind).toBe(true);
    if ((await map.getAttribute("data-empty")) === "true") {
      await expect(map).toContainText("no positive evidence");
      continue;
    }
    filled++;
    expect((await pixelsOf(map.getByTestId(`pixels-${kind}`))).colours, kind).toBeGreaterThan(1);
  }
  expect(filled).toBeGreaterThan(0);
}

/** Waits for a run to end well, and for its maps and scores. */
export async function expectFinished(page: Page, timeout: number): Promise<void> {
  const alert = page.getByRole("alert");
  for (const step of ["distil", "look", "scores"]) {
    const done = page.locator(`[data-testid="step-${step}"][data-status="done"]`);
    await expect(done.or(alert).first()).toBeVisible({ timeout });
    expect(await alert.allTextContents()).toEqual([]);
  }
  await expect(page.getByTestId("result")).toBeVisible();
}
