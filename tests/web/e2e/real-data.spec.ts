import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect } from "@playwright/test";

import { address, expectFinished, expectMaps, expectScores, open, test, valueOf } from "./support";

const DATA = process.env["UNICAM_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");
const PICTURES = join(DATA, "cifar10-jpeg.tar.xz");
const TEACHER = join(DATA, "weights/resnet56-4bfd9763.th");

const run = promisify(execFile);

test("the main job on real pictures: CIFAR-10, a ResNet-56 Teacher, a ResNet-20 Student", async ({ page }) => {
  test.skip(!existsSync(PICTURES) || !existsSync(TEACHER), `needs ${PICTURES} and ${TEACHER}`);
  const root = await mkdtemp(join(tmpdir(), "unicam-cifar-"));
  try {
    // a dozen pictures of each of the ten classes that the Teacher knows
    await run("tar", [
      "-xJf",
      PICTURES,
      "-C",
      root,
      "--wildcards",
      "cifar10/test/*/000[0-9].jpg",
      "cifar10/test/*/001[01].jpg",
    ]);
    const settings = { blocks: 3, width: 16, steps: 3, batch: 8, rate: 0.01, reference: 20, start: "random" };
    await open(page, address("cpu", { ...settings, "evaluate-every": 100 }));
    await page.getByTestId("data-source-images").check();
    await page.getByTestId("pick-folder").setInputFiles(join(root, "cifar10/test"));
    await expect(page.getByTestId("files")).toHaveAttribute("data-usable", "120");
    await expect(page.getByTestId("files")).toHaveAttribute("data-broken", "0");

    await page.getByTestId("teacher-file").setInputFiles(TEACHER);
    await expect(page.getByTestId("teacher-name")).toContainText("ResNet-56", { timeout: 60_000 });
    expect(await valueOf(page.getByTestId("teacher-accuracy"))).toBeGreaterThan(0.5);

    await page.getByTestId("distil").click();
    await expectFinished(page, 200_000);
    await expect(page.getByTestId("run-loss")).toHaveAttribute("aria-label", /Loss after step 3: \d/);
    await expectMaps(page);
    await expectScores(page);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
