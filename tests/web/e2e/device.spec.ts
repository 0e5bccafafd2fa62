import { expect, type Page } from "@playwright/test";

import { address, expectFinished, expectMaps, open, scoresOf, test, valueOf } from "./support";

/** What would be missing if a move lost something. */
async function held(page: Page): Promise<unknown> {
  const accuracies = ["teacher-accuracy", "result-student", "result-base"].map((id) => valueOf(page.getByTestId(id)));
  return {
    accuracies: await Promise.all(accuracies),
    thumbs: await page.getByTestId("sheet-test").getByTestId("thumb").count(),
    teacher: await page.getByTestId("teacher-name").textContent(),
    scores: await scoresOf(page),
    hash: await page.getByTestId("reference").getAttribute("data-hash"),
  };
}

test("the badge changes the device, by keyboard and by mouse, and data, networks and results stay", async ({
  page,
}) => {
  await open(page, address("cpu", { reference: 6, layer: 3 }));
  const badge = page.getByTestId("device-badge");
  await expect(badge).toHaveAttribute("data-kind", "cpu");
  // What is demanded is not tried.
  await expect(page.getByTestId("device-trial")).toHaveCount(0);
  await page.getByTestId("show-finished").click();
  await expectFinished(page, 120_000);
  const before = await held(page);

  await badge.press("Enter");
  await expect(badge).toHaveAttribute("aria-expanded", "true");
  await expect(page.getByTestId("device-cpu")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(badge).toHaveAttribute("aria-expanded", "false");
  await expect(badge).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("device-cpu")).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByTestId("device-webgpu")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(badge).toHaveAttribute("data-kind", "webgpu", { timeout: 60_000 });
  await expect(badge).toContainText("WebGPU");
  await expect(page).toHaveURL(/[?&]device=webgpu/);
  expect(await held(page)).toEqual(before);

  // The networks answer on the other device.
  await page.getByTestId("layer-2").check();
  await expect(page.getByTestId("cards")).toHaveAttribute("data-layer", "layer2", { timeout: 240_000 });
  await expectMaps(page);

  await badge.click();
  await expect(page.getByTestId("device-webgpu")).toHaveAttribute("aria-checked", "true");
  await page.getByTestId("device-cpu").click();
  await expect(badge).toHaveAttribute("data-kind", "cpu", { timeout: 60_000 });
  await expect(page).toHaveURL(/[?&]device=cpu/);
  expect(await held(page)).toEqual(before);
});

test("an adapter in software is called what it is", async ({ page }) => {
  await open(page, address("webgpu"));
  const badge = page.getByTestId("device-badge");
  const architecture = await page.evaluate(async () => {
    const gpu = (navigator as unknown as { gpu: { requestAdapter(): Promise<{ info: { architecture: string } }> } })
      .gpu;
    return (await gpu.requestAdapter()).info.architecture;
  });
  const isSoftware = architecture === "swiftshader";
  if (isSoftware) await expect(badge).toContainText("WebGPU in software (SwiftShader)");
  else await expect(badge).not.toContainText("in software");
});

test("left alone the page is live on the CPU at once, then tries both devices and tells how they compare", async ({
  page,
}) => {
  const { search, hash } = new URL(address("cpu", { steps: 2 }), "http://localhost");
  expect(search).toBe("?device=cpu");
  await open(page, `/${hash}`);
  const badge = page.getByTestId("device-badge");
  const trial = page.getByTestId("device-trial");
  await expect(trial).toContainText("as fast", { timeout: 240_000 });
  const kind = await badge.getAttribute("data-kind");
  const text = (await trial.textContent()) ?? "";
  console.log(`${kind ?? "none"} ${text}`);
  const isGpuQuicker = / as fast as the CPU here$/.test(text);
  if (!text.includes("about as fast")) expect(kind).toBe(isGpuQuicker ? "webgpu" : "cpu");
  await expect(badge).toHaveAttribute("data-activity", "none", { timeout: 240_000 });
  // What was chosen by itself does not stand in the address.
  await expect(page).not.toHaveURL(/device=/);
  await page.getByTestId("run-all").click();
  await expectFinished(page, 240_000);
});

test("a run that is asked for before the trial is over waits for it and says so", async ({ page }) => {
  const { hash } = new URL(address("cpu", { steps: 2 }), "http://localhost");
  await page.goto(`/${hash}`);
  await page.getByTestId("run-all").click();
  await expectFinished(page, 240_000);
  await expect(page.getByTestId("device-trial")).toContainText("as fast");
});

test("a GPU is tried by whole steps, and prepared while the page answers", async ({ page }) => {
  // Whatever the adapter here is, the engine takes it for a GPU.
  await page.route(/worker[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    const info = `Object.defineProperty(GPUAdapter.prototype, "info", { get: () => ({ description: "Test GPU" }) });`;
    await route.fulfill({ response, body: `${info}\n${await response.text()}` });
  });
  const { hash } = new URL(address("cpu"), "http://localhost");
  await open(page, `/${hash}`);
  const badge = page.getByTestId("device-badge");
  const activity = page.getByTestId("device-activity");
  await expect(activity).toContainText("Trying out the GPU");
  await expect(page.getByTestId("device-trial")).toContainText(/your GPU/, { timeout: 240_000 });
  console.log(await badge.textContent());
  await badge.click();
  await page.getByTestId("device-webgpu").click();
  await expect(badge).toContainText("WebGPU Test GPU");
  await expect(activity).toContainText("Preparing the GPU: compiling its kernels", { timeout: 60_000 });
  // A job of the visitor's finds its place between two pieces.
  await page.getByTestId("dial").fill("0.1");
  await expect(page.getByTestId("sheet-train")).toContainText("In 10 % of them", { timeout: 120_000 });
  await expect(badge).toHaveAttribute("data-activity", "none", { timeout: 600_000 });
  await expect(page.getByTestId("device-notice")).toHaveCount(0);
});
