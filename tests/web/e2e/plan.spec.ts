// What a run takes is told before it starts: on the line, in a refusal, and with a way out where it takes too long.

import { readFile } from "node:fs/promises";

import { expect, type Page } from "@playwright/test";

import { address, expectFinished, open, openRecipe, test } from "./support";

/** A ResNet-50 over a ResNet-18, as narrow as they may be. */
const NARROW = {
  size: 64,
  "teacher-family": "resnet",
  "teacher-resnet-depth": 50,
  "teacher-width": 4,
  family: "resnet",
  "resnet-depth": 18,
  width: 4,
  steps: 2,
  "teacher-steps": 2,
  "timeline-pictures": 0,
  reference: 8,
  permutations: 50,
  resamples: 50,
};

/** The bytes of a file that the page saves. */
async function saved(page: Page, button: string): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId(button).click()]);
  return readFile(await download.path());
}

test("the paper's shapes go the whole way, planned before they start and trained further from a checkpoint", async ({
  page,
}) => {
  await open(page, address("cpu", { ...NARROW, start: "random" }));
  await page.getByTestId("teacher-way-train").check();
  const plan = page.getByTestId("plan-teacher");
  await expect(plan).toHaveAttribute("data-settled", "true");
  await expect(plan).toContainText(/^A step computes [\d.]+ [MG] multiply-adds and holds about \d+ MiB\.$/);
  await expect(plan, "nothing was measured yet").toHaveAttribute("data-seconds", "");
  await page.getByTestId("train-teacher").click();
  await expect(page.getByTestId("teacher-card")).toContainText("ResNet-50", { timeout: 120_000 });
  await expect(plan).toContainText(/; 2 steps take about .+ on the CPU\.$/);

  const distillation = page.getByTestId("plan-distillation");
  await expect(distillation).toHaveAttribute("data-settled", "true");
  await expect(distillation).toHaveAttribute("data-memory", "ample");
  const before = Number(await distillation.getAttribute("data-bytes"));
  await openRecipe(page);
  await page.getByTestId("advanced").locator("summary").click();
  await page.getByTestId("field-batch").fill("16");
  await page.getByTestId("field-batch").blur();
  await expect.poll(async () => Number(await distillation.getAttribute("data-bytes"))).toBeGreaterThan(1.5 * before);
  await page.getByTestId("distil").click();
  await expectFinished(page, 240_000);

  // The Teacher that was trained is a checkpoint like any other.
  const checkpoint = await saved(page, "export-teacher");
  await page.getByTestId("teacher-start-given").check();
  await expect(page.getByTestId("teacher-start-text")).toContainText("There is none yet");
  await expect(page.getByTestId("train-teacher")).toHaveText("Train the Teacher");
  const file = { name: "resnet50.safetensors", mimeType: "application/octet-stream", buffer: checkpoint };
  await page.getByTestId("teacher-start-file").setInputFiles(file);
  await expect(page.getByTestId("teacher-start-text")).toContainText("resnet50.safetensors (ResNet-50, width 4");
  await expect(page.getByTestId("train-teacher")).toHaveText("Fine-tune the Teacher");
  await expect(page).toHaveURL(/teacher-start=given/);
  await page.getByTestId("train-teacher").click();
  await expect(page.getByTestId("teacher-card")).toContainText("trained here", { timeout: 120_000 });
});

test("a step that no tab has room for is refused before it starts, with what would fit", async ({ page }) => {
  const huge = { "teacher-family": "resnet", "teacher-resnet-depth": 101, "teacher-width": 256, "teacher-batch": 512 };
  await open(page, address("cpu", { size: 128, train: 600, ...huge }));
  await page.getByTestId("teacher-way-train").check();
  const refusal = page.getByTestId("plan-refusal-teacher");
  await expect(refusal).toContainText("even block by block");
  await expect(refusal).toContainText("Choose");
  await page.getByTestId("train-teacher").click();
  await expect(page.getByTestId("teacher-failure")).toContainText("even block by block");
  // The engine stands, and a smaller one is trained.
  await page.getByTestId("field-teacher-family").selectOption("tiny-cnn");
  await expect(refusal).toHaveCount(0);
});

test("a batch that there is no room for goes in as many parts as the plan says", async ({ page }) => {
  const large = { "teacher-blocks": 9, "teacher-width": 64, "teacher-batch": 512 };
  await open(page, address("cpu", { size: 128, train: 600, ...large }));
  await page.getByTestId("teacher-way-train").check();
  const refusal = page.getByTestId("plan-refusal-teacher");
  await expect(refusal).toContainText(/Let its 512 pictures go in \d+ parts \(setting accumulation: \d+\)/);
  const parts = /in (\d+) parts/.exec(await refusal.innerText())?.[1];
  await page.getByTestId("plan-parts-teacher").click();
  await expect(refusal).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`teacher-accumulation=${parts ?? ""}(&|$)`));
});

test("what a CPU takes too long for comes with a recipe that it can do", async ({ page }) => {
  const slow = { family: "resnet", "resnet-depth": 50, width: 64, steps: 100_000 };
  await open(page, address("cpu", slow));
  // Testing the Teacher tells how quick the CPU is.
  await page.getByTestId("use-shipped-teacher").click();
  const plan = page.getByTestId("plan-distillation");
  await expect(plan).toContainText("on the CPU");
  await expect(page.getByTestId("plan-long-distillation")).toContainText("That is long for a CPU");
  await page.getByTestId("plan-small-distillation").click();
  await expect(page).toHaveURL(/side=64/);
  await expect(page.getByTestId("plan-long-distillation")).toHaveCount(0);
  await expect(page.getByTestId("field-family")).toHaveValue("cifar-resnet");

  // The paper's pair: both networks, the size, the losses; the steps are epochs of the pictures at hand.
  await page.getByTestId("preset").selectOption("papersPair");
  await expect(page.getByTestId("preset-source")).toHaveAttribute("href", /2412\.13943/);
  await expect(page).toHaveURL(/side=224/);
  const url = page.url();
  for (const part of [
    "teacher-family=resnet",
    "teacher-resnet-depth=50",
    "teacher-start=given",
    "softened-error=0.3",
  ]) {
    expect(url).toContain(part);
  }
  // 25 epochs of 60 pictures in batches of 32.
  await expect(page.getByTestId("field-steps")).toHaveValue("47");
});
