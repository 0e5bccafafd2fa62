import { readFile } from "node:fs/promises";

import { type BrowserContext, expect, type Page } from "@playwright/test";

import { png, zip } from "./bytes";
import { address, expectFinished, expectMaps, open, test } from "./support";

/** A run of some ten seconds, which is kept every three. */
const LONG = { steps: 500, "report-every": 10, "evaluate-every": 500, "timeline-pictures": 2, start: "random" };

async function weightsOf(page: Page, name: "student" | "base"): Promise<Buffer> {
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByTestId(`export-${name}`).click()]);
  return readFile(await saved.path());
}

/** Starts the run and waits until it has been kept. */
async function beginAndKeep(page: Page): Promise<void> {
  await page.getByTestId("run-all").click();
  await expect(page.getByTestId("watch-run")).toBeVisible();
  await expect(page.getByTestId("kept-saved")).toHaveAttribute("data-bytes", /\d+/, { timeout: 60_000 });
}

test("a run that was left goes on at the next visit and ends with the same weights, byte for byte", async ({
  page,
  context,
}) => {
  await open(page, address("cpu", LONG));
  await expect(page.getByTestId("delete-all")).toBeDisabled();
  await page.getByTestId("run-all").click();
  await expectFinished(page, 180_000);
  const whole = { student: await weightsOf(page, "student"), base: await weightsOf(page, "base") };
  await page.getByTestId("delete-all").click();
  await expect(page.getByTestId("deleted")).toHaveAttribute("data-bytes", /[1-9]\d+/);

  const left = await context.newPage();
  await open(left, address("cpu", LONG));
  await beginAndKeep(left);
  await left.reload();
  await expect(left.getByTestId("kept-offer")).toContainText(/step \d+ of 500/);
  await left.getByTestId("take-up").click();
  await expect(left.getByTestId("watch-run").or(left.getByTestId("result"))).toBeVisible();
  await expectFinished(left, 180_000);
  await expectMaps(left);
  expect((await weightsOf(left, "student")).equals(whole.student)).toBe(true);
  expect((await weightsOf(left, "base")).equals(whole.base)).toBe(true);
  // The report says that it was torn off, and where it went on.
  const [saved] = await Promise.all([left.waitForEvent("download"), left.getByTestId("export-report").click()]);
  const report = JSON.parse(await readFile(await saved.path(), "utf8")) as {
    distillation: { interruptions: { reason: string; resumedAt: number; lostAt: number; drift: number }[] };
  };
  const [interruption] = report.distillation.interruptions;
  expect(interruption).toMatchObject({ reason: "left", drift: 0 });
  expect(interruption?.resumedAt).toBeLessThanOrEqual(interruption?.lostAt ?? -1);
});

test("what was finished is there again: pictures of one's own, networks, maps, scores, runs", async ({ page }) => {
  const stripes = (kind: "along" | "across", number: number): Buffer =>
    png(24, 24, (x, y) =>
      Math.floor(((kind === "along" ? y : x) + number) / 4) % 2 === 0 ? [200, 90, 40] : [20, 40, 90],
    );
  const files = (["along", "across"] as const).flatMap((kind) =>
    Array.from({ length: 10 }, (_, i) => ({ path: `${kind}/${String(i)}.png`, bytes: stripes(kind, i) })),
  );
  await open(page, address("cpu", { steps: 2, reference: 4, start: "random" }));
  await page.getByTestId("data-source-images").check();
  await page
    .getByTestId("pick-files")
    .setInputFiles({ name: "own.zip", mimeType: "application/zip", buffer: zip(files) });
  await expect(page.getByTestId("class-counts")).toBeVisible();
  await page.getByTestId("teacher-way-train").check();
  await page.getByTestId("train-teacher").click();
  await expect(page.getByTestId("step-teacher")).toHaveAttribute("data-status", "done");
  await page.getByTestId("distil").click();
  await expectFinished(page, 120_000);
  const before = await page.getByTestId("scores").innerText();
  const student = await weightsOf(page, "student");
  await expect(page.getByTestId("kept-saved")).toHaveAttribute("data-bytes", /\d+/);
  await page.waitForTimeout(3000);

  await page.reload();
  await expect(page.getByTestId("kept-offer")).toBeVisible();
  await page.getByTestId("take-up").click();
  await expect(page.getByTestId("step-scores")).toHaveAttribute("data-status", "done");
  await expectMaps(page);
  expect(await page.getByTestId("scores").innerText()).toBe(before);
  expect((await weightsOf(page, "student")).equals(student)).toBe(true);
  await expect(page.getByTestId("runs").locator("tbody tr")).toHaveCount(1);
  // It is a whole page: it learns on.
  await page.getByTestId("distil").click();
  await expectFinished(page, 120_000);
  await expect(page.getByTestId("runs").locator("tbody tr")).toHaveCount(2);
});

/** A page with a finished run that is kept. */
async function finished(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await open(page, address("cpu", { steps: 2 }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  await expect(page.getByTestId("kept-saved")).toHaveAttribute("data-bytes", /\d+/);
  return page;
}

test("two tabs each keep their own work, and one button deletes what no other tab has", async ({ context }) => {
  const [first, second] = [await finished(context), await finished(context)];
  const third = await context.newPage();
  await open(third, address("cpu"));
  await expect(third.getByTestId("kept")).toBeVisible();
  await expect(third.getByTestId("kept-work")).toHaveCount(0);
  await second.close();
  await third.reload();
  await expect(third.getByTestId("kept-work")).toHaveCount(1);
  await third.getByTestId("delete-all").click();
  await expect(third.getByTestId("deleted")).toHaveAttribute("data-bytes", /[1-9]\d+/);
  await expect(third.getByTestId("kept-work")).toHaveCount(0);
  await first.close();
  await third.reload();
  await expect(third.getByTestId("kept-work")).toHaveCount(1);
});

test("full storage is said and the run goes on; once there is room, work is kept again", async ({ page, context }) => {
  await open(page, address("cpu", { steps: 2 }));
  // Before anything is written: the browser remembers for a while that there was room.
  const devtools = await context.newCDPSession(page);
  const { origin } = new URL(page.url());
  await devtools.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1000 });
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  await expect(page.getByTestId("keeping-trouble")).toHaveAttribute("data-trouble", "full");
  await expect(page.getByTestId("kept-saved")).not.toHaveAttribute("data-bytes", /\d+/);
  await devtools.send("Storage.overrideQuotaForOrigin", { origin });
  await page.getByTestId("distil").click();
  await expectFinished(page, 120_000);
  await expect(page.getByTestId("kept-saved")).toHaveAttribute("data-bytes", /\d+/);
  await expect(page.getByTestId("keeping-trouble")).toHaveCount(0);
  await page.reload();
  await page.getByTestId("take-up").click();
  await expect(page.getByTestId("step-scores")).toHaveAttribute("data-status", "done");
});

test("a window that keeps nothing says so and works", async ({ page }) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("The user denied permission to access the database.", "SecurityError");
    };
  });
  await open(page, address("cpu", { steps: 2 }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  await expect(page.getByTestId("keeping-trouble")).toHaveAttribute("data-trouble", "off");
});

test("work of another version is named and left alone, and a newer page takes the storage over", async ({
  page,
  context,
}) => {
  const former = await finished(context);
  await former.evaluate(async () => {
    const base = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open("unicam");
      request.onsuccess = () => {
        resolve(request.result);
      };
      request.onerror = () => {
        reject(new Error("no database"));
      };
    });
    const task = base.transaction("summaries", "readwrite");
    const summary = { id: "old", format: 0, savedAt: 1, dataName: "old", run: null, result: null, bytes: 1000 };
    task.objectStore("summaries").put(summary, "old");
    await new Promise((resolve) => (task.oncomplete = resolve));
    base.close();
  });
  await open(page, address("cpu"));
  await expect(page.getByTestId("kept-work")).toHaveCount(1);
  await expect(page.getByTestId("kept-work")).toContainText("another version");
  await expect(page.getByTestId("kept-work").getByRole("button", { name: "Go on" })).toHaveCount(0);
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        indexedDB.open("unicam", 99).onsuccess = resolve;
      }),
  );
  await expect(page.getByTestId("keeping-trouble")).toHaveAttribute("data-trouble", "newer");
  await former.close();
});

test("the drill survives 20 of 20 losses with the same weights", async ({ page }) => {
  await open(page, address("cpu", { steps: 2 }));
  await page.getByTestId("run-drill").click();
  await expect(page.getByTestId("drill-report")).toBeVisible({ timeout: 300_000 });
  await expect(page.getByTestId("drill-report")).toHaveAttribute("data-survived", "20");
  await expect(page.getByTestId("drill-report")).toHaveAttribute("data-same", "true");
  // What the visitor has is untouched.
  await expect(page.getByTestId("step-distil")).toHaveAttribute("data-status", "todo");
});
