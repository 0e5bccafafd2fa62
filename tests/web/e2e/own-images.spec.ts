import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { expect, type Page } from "@playwright/test";

import { corruptJpeg, folder, hugePng, type MadeFile, zip } from "./bytes";
import { address, expectFinished, expectMaps, expectScores, open, test, valueOf } from "./support";

async function write(root: string, files: MadeFile[]): Promise<void> {
  for (const { path, bytes } of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), bytes);
  }
}

async function chooseOwn(page: Page): Promise<void> {
  await open(page, address("cpu", { steps: 2, reference: 4, start: "random" }));
  await page.getByTestId("data-source-images").check();
}

test("folders, a zip and broken files: the broken are marked, the rest are learned from", async ({ page }, info) => {
  const root = info.outputPath("pictures");
  const broken: MadeFile[] = [
    { path: "along/broken.jpg", bytes: corruptJpeg() },
    { path: "along/huge.png", bytes: hugePng(60_000) },
    { path: "along/hundred-megapixels.png", bytes: hugePng(10_000) },
    { path: "along/notes.txt", bytes: Buffer.from("not a picture") },
  ];
  await write(root, [...folder("along"), ...broken]);
  const archive = zip([...folder("across"), { path: "across/broken.jpg", bytes: corruptJpeg() }]);
  await chooseOwn(page);

  await page.getByTestId("pick-folder").setInputFiles(root);
  const failure = page.getByTestId("data-failure"); // one class is not enough yet
  await expect(failure).toHaveAttribute("data-code", "dataset-too-small");
  await page
    .getByTestId("pick-files")
    .setInputFiles({ name: "more.zip", mimeType: "application/zip", buffer: archive });
  await expect(page.getByTestId("class-counts")).toBeVisible();
  await expect(failure).toHaveCount(0);

  const files = page.getByTestId("files");
  await expect(files).toHaveAttribute("data-usable", "16");
  await expect(files).toHaveAttribute("data-broken", "5");
  const codeOf = (end: string): Promise<string | null> =>
    page.locator(`[data-testid="file-row"][data-path$="${end}"]`).first().getAttribute("data-code");
  expect(await codeOf("along/broken.jpg")).toBe("corrupt-image");
  expect(await codeOf("along/huge.png")).toBe("image-too-large");
  expect(await codeOf("along/hundred-megapixels.png")).toBe("image-too-large");
  expect(await codeOf("along/notes.txt")).toBe("unsupported-image");
  expect(await codeOf("more.zip/across/broken.jpg")).toBe("corrupt-image");
  await expect(page.getByTestId("sheet-train").getByTestId("thumb").first()).toBeVisible();
  // What the engine notes is told in the page's language, with its numbers.
  const note = page.getByTestId("images-notes").locator('[data-code="broken"]');
  await expect(note).toContainText("5 files were left out");
  await page.getByTestId("language").selectOption("zh-CN");
  await expect(note).toContainText("5 个文件");
  await page.getByTestId("language").selectOption("en");

  await page.getByTestId("teacher-way-train").check();
  await page.getByTestId("train-teacher").click();
  await expect(page.getByTestId("teacher-card")).toBeVisible({ timeout: 60_000 });
  expect(await valueOf(page.getByTestId("teacher-parameters"))).toBeGreaterThan(1000);
  await page.getByTestId("distil").click();
  await expectFinished(page, 120_000);
  await expectMaps(page);
  await expectScores(page);
  await expect(page.getByTestId("mask-share")).toHaveCount(0);
  await expect(page.getByTestId("few-pictures")).toBeVisible();
  // Once more is on the same pictures.
  await expect(page.getByTestId("run-all")).toHaveText("Distil once more on your pictures");
  await page.getByTestId("run-all").click();
  await expect(page.getByTestId("result")).toHaveCount(0);
  await expectFinished(page, 120_000);
  await expect(page.getByTestId("class-counts")).toContainText("across");
});

test("loose files become a class where it is named, and an error where not", async ({ page }) => {
  await chooseOwn(page);
  const loose = (kind: "along" | "across"): { name: string; mimeType: string; buffer: Buffer }[] =>
    folder(kind).map(({ path, bytes }) => ({ name: path.replace("/", "-"), mimeType: "image/png", buffer: bytes }));
  await page.getByTestId("pick-files").setInputFiles(loose("along").slice(0, 1));
  await expect(page.getByTestId("file-row").first()).toHaveAttribute("data-code", "no-class-folder");
  await page.getByTestId("loose-class").fill("along");
  await page.getByTestId("pick-files").setInputFiles(loose("along"));
  await expect(page.getByTestId("files")).toHaveAttribute("data-usable", "8");
  await page.getByTestId("loose-class").fill("across");
  await page.getByTestId("pick-files").setInputFiles(loose("across"));
  await expect(page.getByTestId("class-counts")).toContainText("across");
  await expect(page.getByTestId("files")).toHaveAttribute("data-usable", "16");
});

test("a dropped file is taken wherever it falls", async ({ page }) => {
  await open(page, address("cpu"));
  const archive = zip([...folder("along"), ...folder("across")]).toString("base64");
  const transfer = await page.evaluateHandle((text) => {
    const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const data = new DataTransfer();
    data.items.add(new File([bytes], "pets.zip"));
    return data;
  }, archive);
  await page.dispatchEvent("h1", "dragover", { dataTransfer: transfer });
  await expect(page.getByText("Drop pictures")).toBeVisible();
  await page.dispatchEvent("h1", "drop", { dataTransfer: transfer });
  await expect(page.getByTestId("class-counts")).toContainText("across");
});
