import { expect, type Page } from "@playwright/test";

import { type MadeFile, png, renamed, zip } from "./bytes";
import { address, expectFinished, expectMaps, open, openTools, test } from "./support";

test.setTimeout(600_000);

/** Names that would do something if they were taken for more than names. */
const MARKUP = '<img src=x onerror="globalThis.marked = true">';
const QUOTES = `"'&amp;{{count}}$t(words.student)$&`;
const TURNED = "\u202Egnp.tac\u202C \u2067א\u2069";
const LONG = "long".repeat(2_500);
const NAMES = [MARKUP, QUOTES, TURNED, LONG];

/** Eight pictures in a folder, each with a name of that kind, too; stripes tell the classes apart. */
function pictures(folder: string, kind: number): MadeFile[] {
  return Array.from({ length: 8 }, (_, i) => ({
    path: `${folder}/${String(i)}${folder}.png`,
    bytes: png(24, 24, (x, y) => {
      const along = [x, y, x + y, x - y + 24][kind] ?? 0;
      return Math.floor((along + i) / 4) % 2 === 0 ? [200, 90 + 9 * i, 40 * kind] : [20, 40, 90];
    }),
  }));
}

/** Checks that no name became markup, and that nothing is wider than the window. */
async function expectNamesOnly(page: Page, where: string): Promise<void> {
  expect(await page.locator('img[src="x"]').count(), where).toBe(0);
  expect(await page.evaluate(() => "marked" in globalThis), where).toBe(false);
  for (const width of [320, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    const wide = (): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);
    await expect.poll(wide, { message: `${where} at ${String(width)}`, timeout: 10_000 }).toBeLessThanOrEqual(width);
  }
}

test("names of files and classes are text, whatever is in them", async ({ page }) => {
  const broken = NAMES.map((name) => ({ path: `${name}/no picture ${name}.png`, bytes: Buffer.from("nothing") }));
  await open(page, address("cpu", { steps: 2, reference: 8, start: "random", "timeline-every": 1 }));
  await page.getByTestId("data-source-images").check();
  await page.getByTestId("pick-files").setInputFiles({
    name: `${MARKUP}.zip`,
    mimeType: "application/zip",
    buffer: zip([...NAMES.flatMap((name, kind) => pictures(name, kind)), ...broken]),
  });
  const files = page.getByTestId("files");
  await expect(files).toHaveAttribute("data-usable", "32");
  await expect(files).toHaveAttribute("data-broken", "4");
  for (const name of NAMES) {
    await expect(page.getByTestId("class-counts").getByRole("rowheader", { name, exact: true })).toHaveText(name);
    await expect(files).toContainText(`no picture ${name}.png`);
  }
  await expectNamesOnly(page, "files and classes");

  await page.getByTestId("teacher-way-train").check();
  await page.getByTestId("train-teacher").click();
  await expect(page.getByTestId("teacher-card")).toBeVisible({ timeout: 60_000 });
  await page.getByTestId("distil").click();
  await expectFinished(page, 120_000);
  await expectMaps(page);
  await openTools(page);
  const options = page.getByTestId("class-filter").locator("option");
  for (const name of NAMES) await expect(options.filter({ hasText: name })).toHaveCount(1);
  await expect(page.getByTestId("card").filter({ hasText: MARKUP }).first()).toBeVisible();
  for (const name of NAMES) await expect(page.getByTestId("watch-maps").getByLabel(name).first()).toBeVisible();
  await expectNamesOnly(page, "maps");

  await page.getByTestId("run-answers").click();
  await page.getByTestId("cell-student-0-0").click();
  await page.getByTestId("run-matrices").click();
  await expect(page.getByTestId("matrix")).toBeVisible();
  await expectNamesOnly(page, "answers and matrices");
  await page.getByTestId("clear-cell").click();
  await page.getByTestId("name-1").fill(MARKUP + LONG);
  await page.getByTestId("name-1").blur();
  await page.getByTestId("compare-run-1").check();
  await expectNamesOnly(page, "the lab");
  await page.getByTestId("class-filter").selectOption({ index: 0 });
  await page.getByTestId("open-card").first().click();
  await expect(page.getByTestId("dialog")).toBeVisible();
  await expectNamesOnly(page, "one picture");
});

test("names of tensors and weight files are text, whatever is in them", async ({ page }) => {
  await open(page, address("cpu", { steps: 1, reference: 8 }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-teacher").click()]);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  const saved = Buffer.concat(chunks);

  await page.getByTestId("teacher-way-file").check();
  const upload = (name: string, buffer: Buffer): Promise<void> =>
    page.getByTestId("teacher-file").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
  const failure = page.getByTestId("teacher-failure");
  for (const name of [`</p>${MARKUP}`, QUOTES, TURNED, LONG]) {
    await upload(`${name.slice(0, 200)}.safetensors`, renamed(saved, "linear.bias", name));
    await expect(failure).toHaveAttribute("data-code", "weights-mismatch");
    await expect(failure).toContainText(name.slice(0, 60));
    await expectNamesOnly(page, `a tensor called ${name.slice(0, 20)}`);
  }
  for (const name of NAMES) {
    await upload(`${name}.safetensors`, saved);
    await expect(page.getByTestId("teacher-card")).toContainText(name);
    await expect(failure).toHaveCount(0);
    await expectNamesOnly(page, `a file called ${name.slice(0, 20)}`);
  }
});
