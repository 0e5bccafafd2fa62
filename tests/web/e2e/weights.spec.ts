import { readFile } from "node:fs/promises";

import { expect, type Page } from "@playwright/test";

import { reshaped } from "./bytes";
import { address, expectFinished, open, test } from "./support";

/** Trains a small Teacher in the page and saves it. */
async function savedTeacher(page: Page): Promise<Buffer> {
  await page.getByTestId("teacher-way-train").check();
  await page.getByTestId("train-teacher").click();
  await expect(page.getByTestId("teacher-card")).toBeVisible({ timeout: 60_000 });
  await page.getByTestId("distil").click();
  await expectFinished(page, 120_000);
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-teacher").click()]);
  return readFile(await download.path());
}

function upload(page: Page, name: string, buffer: Buffer): Promise<void> {
  return page.getByTestId("teacher-file").setInputFiles({ name, mimeType: "application/octet-stream", buffer });
}

test("weights that do not fit are refused by tensor and shapes, and the page goes on", async ({ page }) => {
  await open(page, address("cpu", { steps: 1, start: "random" }));
  const saved = await savedTeacher(page);
  const tensor = "layer1.0.conv1.weight";
  const wrong = reshaped(saved, tensor, ([out = 0, into = 0, height = 0, width = 0]) => [out, into * height, width, 1]);
  await page.getByTestId("teacher-way-file").check();
  await upload(page, "wrong.safetensors", wrong);
  const failure = page.getByTestId("teacher-failure");
  await expect(failure).toHaveAttribute("data-code", "weights-mismatch");
  await expect(failure).toContainText(tensor);
  await expect(failure).toContainText("[8, 8, 3, 3]");
  await expect(failure).toContainText("[8, 24, 3, 1]");

  await upload(page, "noise.pt", Buffer.from("this is no weight file"));
  await expect(failure).toHaveAttribute("data-code", "unreadable-weights");
  await upload(page, "right.safetensors", saved);
  await expect(page.getByTestId("teacher-card")).toContainText("right.safetensors");
  await expect(failure).toHaveCount(0);
});
