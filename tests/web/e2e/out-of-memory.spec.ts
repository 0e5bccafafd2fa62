import { readFile } from "node:fs/promises";

import { chromium, expect, type Page, test } from "@playwright/test";

import { address, expectFinished, open } from "./support";

/** A batch whose activations are most of what a run takes. */
const LARGE = {
  train: 128,
  batch: 128,
  blocks: 3,
  width: 8,
  steps: 2,
  "report-every": 1,
  "evaluate-every": 2,
  "timeline-pictures": 0,
  start: "random",
};

/** What WebAssembly may have then, pages of 64 KiB: 160 MiB, where that step takes some 200 at once and 110 by blocks. */
const PAGES = 2560;

test("when the browser refuses memory the run goes on with less of it, and its Student is the one of the whole batch", async ({
  browser,
  baseURL,
}) => {
  const undisturbed = await browser.newPage();
  await open(undisturbed, address("cpu", LARGE));
  await undisturbed.getByTestId("run-all").click();
  await expectFinished(undisturbed, 300_000);
  const expected = await reportOf(undisturbed);
  expect(expected.distillation.memory).toBeUndefined();
  await undisturbed.close();

  const small = await chromium.launch({
    executablePath: process.env["CHROME"] ?? "",
    args: ["--no-sandbox", `--js-flags=--wasm-max-mem-pages=${String(PAGES)}`],
  });
  try {
    const page = await small.newPage({ ...(baseURL ? { baseURL } : {}) });
    await open(page, address("cpu", LARGE));
    await page.getByTestId("run-all").click();
    const survived = page.getByTestId("survived");
    await expect(survived).toHaveAttribute("data-code", "out-of-memory", { timeout: 120_000 });
    await expect(survived).toContainText("keeps only the output of each block");
    await expectFinished(page, 300_000);
    const report = await reportOf(page);
    expect(report.distillation.memory).toBe("scarce");
    expect(report.student.digest).toBe(expected.student.digest);
    expect(report.base.digest).toBe(expected.base.digest);
  } finally {
    await small.close();
  }
});

interface Told {
  distillation: { memory?: string };
  student: { digest: string };
  base: { digest: string };
}

async function reportOf(page: Page): Promise<Told> {
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-report").click()]);
  return JSON.parse(await readFile(await saved.path(), "utf8")) as Told;
}
