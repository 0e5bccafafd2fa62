import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect, type Page } from "@playwright/test";

import { address, expectFinished, expectMaps, expectScores, open, test, valueOf } from "./support";

const DATA = process.env["UNICAM_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");
const PICTURES = join(DATA, "cifar10-jpeg.tar.xz");
const TEACHER = join(DATA, "weights/resnet56-4bfd9763.th");

const run = promisify(execFile);

/** A run on real pictures: which device, how many pictures a class (under 1000), and settings. */
interface Job {
  device: "cpu" | "webgpu";
  pattern: string;
  pictures: number;
  settings: Record<string, string | number>;
}

const JOBS: Job[] = [
  // a dozen a class; enough steps to see the loss fall
  { device: "cpu", pattern: "00[01][0-5]", pictures: 12, settings: { steps: 24, batch: 16, reference: 20 } },
  // as few as say something: in software a WebGPU pass of these networks over four pictures takes seconds
  { device: "webgpu", pattern: "000[0-3]", pictures: 4, settings: { steps: 2, batch: 2, reference: 8 } },
];

for (const { device, pattern, pictures, settings } of JOBS) {
  test(`the main job on real pictures with ${device}: CIFAR-10, a ResNet-56 Teacher, a ResNet-20 Student`, async ({
    page,
  }) => {
    test.skip(!existsSync(PICTURES) || !existsSync(TEACHER), `needs ${PICTURES} and ${TEACHER}`);
    const root = await mkdtemp(join(tmpdir(), "unicam-cifar-"));
    try {
      await run("tar", ["-xJf", PICTURES, "-C", root, "--wildcards", `cifar10/test/*/${pattern}.jpg`]);
      const recipe = { blocks: 3, width: 16, rate: 0.02, start: "random", "evaluate-every": 100 };
      await open(page, address(device, { ...recipe, ...settings }));
      await expect(page.getByTestId("device-badge")).toHaveAttribute("data-kind", device);
      await page.getByTestId("data-source-images").check();
      await page.getByTestId("pick-folder").setInputFiles(join(root, "cifar10/test"));
      await expect(page.getByTestId("files")).toHaveAttribute("data-usable", String(10 * pictures));
      await expect(page.getByTestId("files")).toHaveAttribute("data-broken", "0");

      await page.getByTestId("teacher-way-file").check();
      await page.getByTestId("teacher-file").setInputFiles(TEACHER);
      await expect(page.getByTestId("teacher-name")).toContainText("ResNet-56", { timeout: 300_000 });
      expect(await valueOf(page.getByTestId("teacher-accuracy"))).toBeGreaterThan(0.5);

      await page.getByTestId("distil").click();
      await expectFinished(page, 600_000);
      await expectMaps(page);
      await expectScores(page);
      const losses = await reportedLosses(page);
      expect(losses).toHaveLength(Number(settings["steps"]));
      expect(losses.every(Number.isFinite)).toBe(true);
      if (losses.length >= 20) expect(mean(losses.slice(-6))).toBeLessThan(mean(losses.slice(0, 6)));
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
}

test("the networks shipped for CIFAR-10 are there to look at on real pictures of it", async ({ page }) => {
  test.skip(!existsSync(PICTURES), `needs ${PICTURES}`);
  const root = await mkdtemp(join(tmpdir(), "unicam-cifar-"));
  try {
    await run("tar", ["-xJf", PICTURES, "-C", root, "--wildcards", "cifar10/test/*/00[01][0-9].jpg"]);
    await open(page, address("cpu", { "test-share": 0.5, reference: 20 }));
    await page.getByTestId("data-source-images").check();
    await page.getByTestId("pick-folder").setInputFiles(join(root, "cifar10/test"));
    await expect(page.getByTestId("files")).toHaveAttribute("data-usable", "200");
    await page.getByTestId("show-shipped").click();
    await expectFinished(page, 120_000);
    // Chance is a tenth.
    expect(await valueOf(page.getByTestId("result-teacher"))).toBeGreaterThan(0.65);
    for (const role of ["student", "base"]) {
      expect(await valueOf(page.getByTestId(`result-${role}`)), role).toBeGreaterThan(0.45);
    }
    await expect(page.getByTestId("result-text")).toContainText("trained beforehand");
    await expectMaps(page);
    await expectScores(page);
    // The same Teacher and start are at hand for a training of one's own.
    await expect(page.getByTestId("teacher-card")).toContainText("shipped with this page");
    await expect(page.getByTestId("distil")).toBeEnabled();
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

/** The Student's losses, out of the report that the page saves. */
async function reportedLosses(page: Page): Promise<number[]> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-report").click()]);
  const report = JSON.parse(await readFile(await download.path(), "utf8")) as {
    distillation: { events: { kind: string; student: { total: number } }[] };
  };
  const losses = report.distillation.events.filter(({ kind }) => kind === "report");
  return losses.map(({ student }) => student.total);
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
