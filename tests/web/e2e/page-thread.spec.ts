import { writeFile } from "node:fs/promises";

import { expect, type Page } from "@playwright/test";

import { type MadeFile, png, zip } from "./bytes";
import { address, open, openTools, test } from "./support";
import { traceDuring } from "./thread-time";

/**
 * Longest time that the page's thread may be busy at a stretch, milliseconds: what the page promises. It is time on a
 * core, not on the clock: the tests share two cores with the engine's worker and a renderer in software, and what the
 * thread waits for those says nothing about the page.
 */
const LONGEST_TASK = 50;

// Playwright's own recording copies the whole page, and does so in the page's thread.
test.use({ trace: "off" });
test.setTimeout(300_000);

/**
 * Where other programs share the machine even time on a core stretches: caches and threads are shared too. How much is
 * measured along the way, by work of which the time on a free machine is known; beyond this nothing can be told.
 */
const MOST_SLOWNESS = 3;

/** Does something and checks that no task of the page's thread is too long meanwhile. */
async function during(page: Page, name: string, work: () => Promise<unknown>): Promise<void> {
  const { tasks, slowness } = await traceDuring(page, work);
  const [longest] = tasks;
  if (!longest) throw new Error(`${name}: the trace has no task of the page's thread`);
  const { busy, wall, at, parts } = longest;
  expect(slowness, `${name}: the fixed work took as many times as long as on a free machine`).toBeLessThan(
    MOST_SLOWNESS,
  );
  const told = `${name}: at ${slowness.toFixed(2)} times the usual time, ${busy.toFixed(1)} ms busy (${wall.toFixed(1)} ms on the clock) at ${at.toFixed(0)} ms: ${parts.join(", ")}`;
  console.log(told);
  expect.soft(busy, told).toBeLessThan(LONGEST_TASK * Math.max(1, slowness));
}

test("the page's thread is never busy for 50 ms at a stretch, from the first byte to the export", async ({ page }) => {
  await during(page, "loading", () => open(page, address("cpu", { train: 300, test: 120, steps: 12, reference: 48 })));
  await during(page, "a run with its maps and scores", async () => {
    await page.getByTestId("run-all").click();
    for (const step of ["distil", "look", "scores"]) {
      await expect(page.getByTestId(`step-${step}`)).toHaveAttribute("data-status", "done", { timeout: 180_000 });
    }
    await expect(page.getByTestId("card")).toHaveCount(12);
  });
  await during(page, "another layer", async () => {
    await page.getByTestId("layer-1").check();
    await expect(page.getByTestId("cards")).toHaveAttribute("data-layer", "layer1");
    await expect(page.getByTestId("cards")).toHaveAttribute("data-stale", "false");
  });
  await during(page, "all maps, more cards, a dialog", async () => {
    await openTools(page);
    for (const kind of ["gradCamStudent", "gradCamBase", "studentGivenTeacher", "teacherGivenStudent"]) {
      await page.getByTestId(`show-${kind}`).check();
    }
    await page.getByTestId("scale-shared").check();
    await page.getByTestId("more-cards").click();
    await expect(page.getByTestId("card")).toHaveCount(24);
    await page.getByTestId("open-card").first().click();
    await expect(page.getByTestId("dialog").getByTestId("map")).toHaveCount(7);
    await page.getByTestId("close-dialog").click();
    await expect(page.getByTestId("dialog")).toHaveCount(0);
  });
  await during(page, "export", async () => {
    for (const button of ["export-report", "export-student"]) {
      await Promise.all([page.waitForEvent("download"), page.getByTestId(button).click()]);
    }
  });
});

test("nor while it reads hundreds of one's own pictures", async ({ page }, info) => {
  const files = Array.from({ length: 600 }, (_, i): MadeFile => {
    const path = `${i % 2 ? "warm" : "cold"}/${String(i)}.png`;
    return { path, bytes: png(16, 16, (x, y) => [i % 2 ? 200 : 20, (x * i) % 256, (y * i) % 256]) };
  });
  // From the disk: handing over so many bytes would be work for the page's thread that is the test's own.
  const archive = info.outputPath("pictures.zip");
  await writeFile(archive, zip(files));
  await open(page, address("cpu", { side: 16 }));
  await during(page, "reading 600 pictures", async () => {
    await page.getByTestId("data-source-images").check();
    await page.getByTestId("pick-files").setInputFiles(archive);
    await expect(page.getByTestId("files")).toHaveAttribute("data-usable", "600");
    await expect(page.getByTestId("class-counts")).toBeVisible();
    await page.getByText("Files that can be used").click();
    await expect(page.getByTestId("file-row").first()).toBeVisible();
  });
});
