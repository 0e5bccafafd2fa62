import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, type Page } from "@playwright/test";

import { type MadeFile, png, withAverage, zip } from "./bytes";
import { address, expectFinished, open, test, valueOf } from "./support";

const TONES = { bright: 120, dark: 60, middling: 90 };

/** Pictures that differ in brightness alone, but for some noise. */
function tones(): MadeFile[] {
  return Object.entries(TONES).flatMap(([name, tone]) =>
    Array.from({ length: 16 }, (_, i) => ({
      path: `tones/${name}/${String(i)}.png`,
      bytes: png(16, 16, (x, y) => {
        const shade = tone + ((x * 7 + y * 13 + i * 29) % 31);
        return [shade, shade, shade];
      }),
    })),
  );
}

function pick(page: Page, name: string, buffer: Buffer): Promise<void> {
  return page.getByTestId("pick-files").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
}

function loadTeacher(page: Page, name: string, buffer: Buffer): Promise<void> {
  return page.getByTestId("teacher-file").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
}

function accuracyOf(page: Page): Promise<number> {
  return valueOf(page.getByTestId("teacher-card").getByTestId("teacher-accuracy"));
}

async function openOwn(page: Page, settings: Record<string, string | number>): Promise<void> {
  await open(page, address("cpu", { start: "random", side: 16, ...settings }));
  await page.getByTestId("data-source-images").check();
}

test("the level of folders that names the classes is said and can be changed", async ({ page }) => {
  const files = ["cat/indoor", "cat/outdoor", "dog/indoor", "dog/outdoor"].flatMap((folder, at) =>
    Array.from({ length: 4 }, (_, i) => ({
      path: `pets/${folder}/${String(i)}.png`,
      bytes: png(20, 20, (x, y) => [40 * at + 8 * i, 9 * x, 9 * y]),
    })),
  );
  await openOwn(page, {});
  await pick(page, "pets.zip", zip([...files, { path: "pets/fish/", bytes: Buffer.alloc(0) }]));
  const counts = page.getByTestId("class-counts");
  await expect(counts.locator("tbody th")).toHaveText(["cat", "dog"]);
  await expect(page.locator('[data-testid="file-row"][data-code="empty-folder"]')).toContainText("pets/fish");
  const note = page.getByTestId("images-notes").locator('[data-code="class-level"]');
  await expect(note).toContainText("level 2 could (indoor, outdoor)");
  await page.getByText("Size, classes, split and limit").click();
  await page.getByTestId("field-class-level").fill("2");
  await page.getByTestId("field-class-level").press("Tab");
  await expect(counts.locator("tbody th")).toHaveText(["indoor", "outdoor"]);
  expect(new URL(page.url()).hash).toContain("class-level=2");
});

test("a Teacher of other means is noticed, and one click prepares the pictures so", async ({ page }) => {
  const recipe = { "teacher-steps": 80, "teacher-batch": 12, "teacher-rate": 0.05, steps: 2, reference: 6 };
  await openOwn(page, { normalisation: "zeroToOne", ...recipe });
  await pick(page, "tones.zip", zip(tones()));
  await expect(page.getByTestId("class-counts")).toBeVisible();
  await page.getByTestId("teacher-way-train").check();
  await page.getByTestId("train-teacher").click();
  await expect(page.getByTestId("teacher-card")).toBeVisible({ timeout: 120_000 });
  const accuracy = await accuracyOf(page);
  expect(accuracy).toBeGreaterThan(0.9);
  await page.getByTestId("distil").click();
  await expectFinished(page, 120_000);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-teacher").click()]);
  const saved = await readFile(await download.path());

  await page.getByTestId("field-normalisation").selectOption("imagenet");
  await page.getByTestId("teacher-way-file").check();
  await loadTeacher(page, "tones.safetensors", saved);
  const notes = page.getByTestId("teacher-reading");
  await expect(notes.locator('[data-code="better-normalisation"]')).toContainText("numbers from 0 to 1");
  expect(await accuracyOf(page)).toBeLessThan(accuracy - 0.1);
  await page.getByTestId("take-normalisation").click();
  await expect(page.getByTestId("field-normalisation")).toHaveValue("zeroToOne");
  await expect.poll(() => accuracyOf(page)).toBeCloseTo(accuracy, 6);

  // A second network in the file can be chosen.
  await loadTeacher(page, "both.safetensors", withAverage(saved));
  const choice = page.getByTestId("teacher-network");
  await expect(choice).toHaveValue("teacher");
  expect(await accuracyOf(page)).toBeCloseTo(accuracy, 6);
  await choice.selectOption("ema");
  await expect.poll(() => accuracyOf(page)).toBeLessThan(0.5);

  await loadTeacher(page, "lfs.pth", Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"));
  await expect(page.getByTestId("teacher-failure")).toContainText("git lfs pull");
});

test("names that Windows wrote into a zip are read", async ({ page }) => {
  // Code page 437: é is 82, ä 84, hexadecimal.
  const files = ["caf\x82", "H\x84user"].flatMap((folder, at) =>
    Array.from({ length: 4 }, (_, i) => ({
      path: folder,
      name: Buffer.from(`${folder}/${String(i)}.png`, "latin1"),
      bytes: png(20, 20, (x, y) => [60 * at + 8 * i, 9 * x, 9 * y]),
    })),
  );
  await openOwn(page, {});
  await pick(page, "places.zip", zip(files));
  await expect(page.getByTestId("class-counts").locator("tbody th")).toHaveText(["Häuser", "café"]);
});

test("a Parquet file of one's own is read", async ({ page }) => {
  await openOwn(page, {});
  const bytes = await readFile(join(import.meta.dirname, "../../fixtures/hub.parquet"));
  await pick(page, "train-00000-of-00001.parquet", bytes);
  await expect(page.getByTestId("class-counts")).toBeVisible();
  await expect(page.getByTestId("files")).toHaveAttribute("data-broken", "0");
});

for (const [name, compression] of [
  ["own.parquet", "gzip"],
  ["own-zstd.parquet", "zstd"],
] as const) {
  test(`a Parquet file of another writer, compressed with ${compression}, is read by the usual names of its columns`, async ({
    page,
  }) => {
    await openOwn(page, {});
    await pick(page, name, await readFile(join(import.meta.dirname, "../../fixtures", name)));
    await expect(page.getByTestId("class-counts").locator("tbody th")).toHaveText(["left", "right"]);
    // Twelve pictures, and a row that is none; a row without a label is no picture of a class.
    await expect(page.getByTestId("files")).toHaveAttribute("data-usable", "12");
    await expect(page.getByTestId("files")).toHaveAttribute("data-broken", "1");
  });
}
