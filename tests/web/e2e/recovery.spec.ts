import { expect, test } from "@playwright/test";

import { address, expectFinished, open, openRecipe, watch } from "./support";

// Not the watched test: a worker that dies is an error in the console, and rightly so; it has to be the only one.
test("when the worker dies the page says so, and a restart works", async ({ page, baseURL }) => {
  const { problems } = watch(page, new URL(baseURL ?? "").origin);
  await open(page, address("cpu", { steps: 3000, "evaluate-every": 3000 }));
  await page.getByTestId("run-all").click();
  await expect(page.getByTestId("run")).toBeVisible();
  const [worker] = page.workers();
  await worker?.evaluate(() => {
    setTimeout(() => {
      throw new Error("deliberate");
    });
  });
  const failure = page.getByTestId("engine-failure");
  await expect(failure).toHaveAttribute("data-code", "worker-died");
  await expect(failure).toContainText("Restart");
  await page.getByTestId("restart").click();
  await expect(failure).toHaveCount(0);
  await expect(page.getByTestId("step-data")).toHaveAttribute("data-status", "done");
  await openRecipe(page);
  await page.getByTestId("field-steps").fill("2");
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  expect(problems.filter((problem) => !problem.includes("deliberate"))).toEqual([]);
});
