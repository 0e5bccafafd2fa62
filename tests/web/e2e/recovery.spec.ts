import { readFile } from "node:fs/promises";

import { expect, test } from "@playwright/test";

import { address, expectFinished, open, watch } from "./support";

/** Long enough to be kept, which happens every three seconds of computing. */
const LONG = { steps: 500, "report-every": 10, "evaluate-every": 500, "timeline-pictures": 0, start: "random" };

// Not the watched test: a worker that dies is an error in the console, and rightly so; it has to be the only one.
test("when the worker dies the run goes on by itself, and the page says what happened and what it cost", async ({
  page,
  baseURL,
}) => {
  const { problems } = watch(page, new URL(baseURL ?? "").origin);
  await open(page, address("cpu", LONG));
  await page.getByTestId("run-all").click();
  await expect(page.getByTestId("kept-saved")).toHaveAttribute("data-bytes", /\d+/, { timeout: 60_000 });
  const [worker] = page.workers();
  await worker?.evaluate(() => {
    setTimeout(() => {
      throw new Error("deliberate");
    });
  });
  const survived = page.getByTestId("survived");
  await expect(survived).toHaveAttribute("data-code", "worker-died", { timeout: 60_000 });
  await expect(survived).toContainText(/went on after .* from step \d+ of what had reached step \d+/, {
    timeout: 60_000,
  });
  await expect(survived).toContainText("to the last bit");
  await expectFinished(page, 180_000);
  expect(problems.filter((problem) => !problem.includes("deliberate"))).toEqual([]);
});

test("when the GPU's process is killed the run goes on, and the machine's own words are folded away", async ({
  page,
  browser,
}) => {
  await open(page, address("webgpu", { ...LONG, steps: 60, "report-every": 1, "evaluate-every": 60 }));
  await page.getByTestId("run-all").click();
  await expect(page.getByTestId("run")).toBeVisible({ timeout: 300_000 });
  await expect(page.getByTestId("kept-saved")).toHaveAttribute("data-bytes", /\d+/, { timeout: 300_000 });
  const devtools = await browser.newBrowserCDPSession();
  await devtools.send("Browser.crashGpuProcess").catch(() => undefined);
  const survived = page.getByTestId("survived");
  await expect(survived).toHaveAttribute("data-code", /device-(lost|failed)|engine-crashed/, { timeout: 120_000 });
  await expect(survived).toContainText(/from step \d+/, { timeout: 120_000 });
  const [first] = await survived.locator("strong").allTextContents();
  expect(first).not.toMatch(/poisoned|backtrace|panicked/i);
  await expectFinished(page, 600_000);
});

// Not a GPU that is full, which no test can make without filling the machine: the browser's own event for it, at the device.
test("when the GPU has no memory left the run goes on there with less of it at once", async ({ page }) => {
  page.on("worker", (worker) => {
    void worker.evaluate(() => {
      const { requestDevice } = GPUAdapter.prototype;
      GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, descriptor) {
        const device = await requestDevice.call(this, descriptor);
        Object.assign(globalThis, { device });
        return device;
      };
    });
  });
  await open(page, address("webgpu", { ...LONG, steps: 24, "report-every": 1, "evaluate-every": 24 }));
  await page.getByTestId("run-all").click();
  await expect(page.getByTestId("kept-saved")).toHaveAttribute("data-bytes", /\d+/, { timeout: 300_000 });
  await page.workers()[0]?.evaluate(() => {
    const { device } = globalThis as unknown as { device: GPUDevice };
    const error = new GPUOutOfMemoryError("no memory is left");
    device.dispatchEvent(new GPUUncapturedErrorEvent("uncapturederror", { error }));
  });
  const survived = page.getByTestId("survived");
  await expect(survived).toHaveAttribute("data-code", "out-of-memory", { timeout: 120_000 });
  await expect(survived).toContainText(/from step \d+/, { timeout: 120_000 });
  await expect(survived).toContainText("keeps only the output of each block");
  await expect(page.getByTestId("device-badge")).toHaveAttribute("data-kind", "webgpu");
  await expectFinished(page, 600_000);
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-report").click()]);
  const report = JSON.parse(await readFile(await saved.path(), "utf8")) as {
    distillation: { memory?: string; interruptions: { reason: string }[] };
  };
  expect(report.distillation.memory).toBe("scarce");
  expect(report.distillation.interruptions).toMatchObject([{ reason: "out-of-memory" }]);
});
