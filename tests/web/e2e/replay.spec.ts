// A reviewer's bundle: saved, dropped, computed again, and compared number by number.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

import { expect, type Page } from "@playwright/test";

import { type MadeFile, png, unzip, zip } from "./bytes";
import { address, expectFinished, open, test } from "./support";

/** Saves the bundle of the run on the page. */
async function saveBundle(page: Page): Promise<Buffer> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-bundle").click()]);
  expect(download.suggestedFilename()).toBe("unicam-bundle.zip");
  return readFile(await download.path());
}

/** Drops a file on the page, as a hand does. */
async function drop(page: Page, name: string, bytes: Buffer): Promise<void> {
  const dropped = await page.evaluateHandle(
    ({ name, base64 }) => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
      return transfer;
    },
    { name, base64: bytes.toString("base64") },
  );
  await page.dispatchEvent("body", "drop", { dataTransfer: dropped });
}

/** The bundle with another report, whose digest its list of files is made to fit. */
function withReport(bundle: Buffer, change: (report: string) => string): Buffer {
  const files = unzip(bundle);
  const report = Buffer.from(change(files.get("report.json")?.toString() ?? ""));
  files.set("report.json", report);
  const manifest = JSON.parse(files.get("bundle.json")?.toString() ?? "") as {
    entries: { path: string; sha256: string; bytes: number }[];
  };
  for (const entry of manifest.entries) {
    if (entry.path !== "report.json") continue;
    entry.sha256 = createHash("sha256").update(report).digest("hex");
    entry.bytes = report.length;
  }
  files.set("bundle.json", Buffer.from(JSON.stringify(manifest)));
  return zip([...files].map(([path, bytes]): MadeFile => ({ path, bytes })));
}

test("a bundle is saved, dropped on a fresh page and holds to the last bit; a changed digit is named", async ({
  page,
}) => {
  await open(page, address("cpu", { steps: 6 }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  const bundle = await saveBundle(page);
  const files = unzip(bundle);
  for (const path of ["README.txt", "report.json", "settings.json", "losses.csv", "scores.csv", "timeline-maps.npy"]) {
    expect(files.has(path), path).toBe(true);
  }
  for (const role of ["teacher", "student", "base", "start"]) {
    expect(files.has(`networks/${role}.safetensors`), role).toBe(true);
  }
  expect(files.has("maps/layer3/distilled-raw.npy")).toBe(true);
  expect(files.get("maps/layer3/0000-distilled.png")?.subarray(1, 4).toString()).toBe("PNG");
  const [scores] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-scores").click()]);
  expect(await readFile(await scores.path(), "utf8")).toBe(files.get("scores.csv")?.toString());

  // Other settings, and nothing computed yet: all comes from the bundle.
  await page.goto("about:blank");
  await open(page, address("cpu", { steps: 2, seed: 9 }));
  await drop(page, "unicam-bundle.zip", bundle);
  const panel = page.getByTestId("replay");
  await expect(panel.getByTestId("replay-summary")).toContainText("6 steps");
  await expect(panel.getByTestId("replay-closeness")).toHaveAttribute("data-exact", "true");
  await panel.getByTestId("replay-run").click();
  const outcome = panel.getByTestId("replay-outcome");
  await expect(outcome).toBeVisible({ timeout: 120_000 });
  expect(await panel.getByTestId("replay-verdict").textContent()).toMatch(/^All \d+ numbers hold, to the last bit\.$/);
  expect(await outcome.getAttribute("data-differing")).toBe("0");
  expect(Number(await outcome.getAttribute("data-held"))).toBeGreaterThan(300);
  await outcome.getByTestId("replay-score").locator("summary").click();
  const rows = outcome.getByTestId("replay-rows-score");
  await expect(rows).toHaveAttribute("data-complete", "true");
  await expect(rows.locator("tbody tr")).toHaveCount(54 * 4);

  // One digit of one score.
  const changed = withReport(bundle, (report) => {
    const told = JSON.parse(report) as { scores: { layers: { ok: { rsStudent: number } }[] } };
    const score = String(told.scores.layers[1]?.ok.rsStudent);
    const at = score.length - 4; // further right two texts may be one number
    const other = String((Number(score[at]) + 1) % 10);
    expect(report.split(score).length).toBeGreaterThan(1);
    return report.replaceAll(score, score.slice(0, at) + other + score.slice(at + 1));
  });
  await drop(page, "changed.zip", changed);
  await expect(panel).toHaveAttribute("data-phase", "opened");
  await panel.getByTestId("replay-quick").click();
  await expect(panel.getByTestId("replay-first")).toContainText("layer2, rsStudent", { timeout: 60_000 });
  await expect(panel.getByTestId("replay-verdict")).toContainText("differ");
  await panel.getByTestId("replay-close").click();
  await expect(panel).toHaveCount(0);
});

test("what is no bundle, or a damaged one, is refused in a sentence; the page goes on", async ({ page }) => {
  await open(page, address("cpu", { steps: 1 }));
  const noBundle = zip([{ path: "cats/1.txt", bytes: Buffer.from("meow") }]);
  await page.getByTestId("open-bundle").setInputFiles({ name: "x.zip", mimeType: "application/zip", buffer: noBundle });
  const failure = page.getByTestId("replay-failure");
  await expect(failure).toContainText("it holds no bundle.json");
  await expect(failure).toHaveAttribute("data-code", "unreadable-bundle");
  await page.getByTestId("replay-close").click();

  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  const files = unzip(await saveBundle(page));
  const scores = files.get("scores.csv");
  files.set("scores.csv", Buffer.from((scores?.toString() ?? "").replace("0.", "1.")));
  const damaged = zip([...files].map(([path, bytes]): MadeFile => ({ path, bytes })));
  await drop(page, "damaged.zip", damaged);
  await expect(failure).toContainText('its file "scores.csv" does not fit its digest');
});

test("a replay can be cancelled, and pictures of one's own are asked for by their digest", async ({ page }) => {
  const picture = (class_: number, number: number, shade = 0): MadeFile => ({
    path: `pets/${["cats", "dogs"][class_] ?? ""}/${String(number)}.png`,
    bytes: png(20, 20, (x, y) => [(x * 9 + number * 3) % 256, (y * 7 + class_ * 90) % 256, shade]),
  });
  const made = (shade: number): MadeFile[] => Array.from({ length: 40 }, (_, i) => picture(i % 2, i, shade));
  const archive = (shade: number) => ({ name: "pets.zip", mimeType: "application/zip", buffer: zip(made(shade)) });
  await open(page, address("cpu", { steps: 150, side: 16, reference: 8, start: "random", "timeline-pictures": 2 }));
  await page.getByTestId("data-source-images").check();
  await page.getByTestId("pick-files").setInputFiles(archive(0));
  await expect(page.getByTestId("step-data")).toHaveAttribute("data-status", "done");
  await page.getByTestId("teacher-way-train").check();
  await page.getByTestId("train-teacher").click();
  await expect(page.getByTestId("step-teacher")).toHaveAttribute("data-status", "done", { timeout: 60_000 });
  await page.getByTestId("distil").click();
  await expectFinished(page, 120_000);
  const bundle = await saveBundle(page);

  await page.goto("about:blank");
  await open(page, address("cpu"));
  await drop(page, "unicam-bundle.zip", bundle);
  const panel = page.getByTestId("replay");
  const digest = await panel.getByTestId("replay-wanted").locator("code").textContent();
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  await expect(panel.getByTestId("replay-wanted")).toContainText("pets.zip");
  await drop(page, "pets.zip", archive(1).buffer);
  await expect(panel.getByTestId("replay-failure")).toHaveAttribute("data-code", "other-pictures");
  await expect(panel.getByTestId("replay-failure")).toContainText(digest ?? "");
  await panel.getByTestId("replay-pick-files").setInputFiles(archive(0));
  await panel.getByTestId("replay-run").click();
  await panel.getByTestId("replay-progress-cancel").click();
  await panel.getByTestId("replay-run").click();
  await expect(panel.getByTestId("replay-outcome")).toHaveAttribute("data-differing", "0", { timeout: 120_000 });
});
