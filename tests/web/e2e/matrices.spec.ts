import { expect } from "@playwright/test";

import { address, expectFinished, open, pixelsOf, scoresOf, test, valueOf } from "./support";

test("matrices show each pair, and what it adds to the score", async ({ page }) => {
  await open(page, address("cpu", { reference: 12, "timeline-pictures": 0 }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  const scores = await scoresOf(page);
  await page.getByTestId("run-matrices").click();
  const matrix = page.getByTestId("matrix");
  await expect(matrix).toBeVisible();
  const kinds = {
    teacher: "rsTeacher",
    student: "rsStudent",
    base: "rsBase",
    distilled: "rsDistilled-semi",
    residual: "rsResidual-semi",
  };
  for (const [kind, score] of Object.entries(kinds)) {
    await page.getByTestId(`matrix-${kind}`).check();
    await expect(matrix).toHaveAttribute("data-kind", kind);
    const told = await valueOf(page.getByTestId("pair-score"));
    expect(Math.abs(told - (scores.get(`${score}-layer3`) ?? NaN)), kind).toBeLessThan(1e-5);
  }
  expect(await pixelsOf(matrix.getByTestId("matrix-cells"))).toMatchObject({ width: 12, height: 12 });
  // By pointer: the cell under it, and the pair of its row and column.
  await page.getByTestId("matrix-student").check();
  await page.getByTestId("matrix-view-added").check();
  const box = await matrix.boundingBox();
  if (!box) throw new Error("the matrix has no place");
  await page.mouse.move(box.x + (7.5 / 12) * box.width, box.y + (2.5 / 12) * box.height);
  await expect(matrix).toHaveAttribute("data-row", "2");
  await expect(matrix).toHaveAttribute("data-column", "7");
  await expect(page.getByTestId("pair").locator("canvas")).toHaveCount(2);
  const added = await valueOf(page.getByTestId("pair-added"));
  // By keys: the same pair the other way round adds the same, and a picture with itself adds nothing.
  await matrix.focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowDown");
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowLeft");
  await expect(matrix).toHaveAttribute("data-row", "7");
  await expect(matrix).toHaveAttribute("data-column", "2");
  expect(await valueOf(page.getByTestId("pair-added"))).toBe(added);
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
  await expect(page.getByTestId("pair")).toContainText("A picture and itself");
  await expect(matrix).toHaveAttribute("aria-label", /Student at layer 3, 12 pictures: .+ and .+/);
});

test("a cell of a confusion matrix filters the pictures", async ({ page }) => {
  await open(page, address("cpu", { reference: 12, test: 60, "timeline-pictures": 0 }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  await page.getByTestId("run-answers").click();
  await expect(page.getByTestId("confusion-base")).toBeVisible();
  const right = (network: string): Promise<number> =>
    page
      .getByTestId(`confusion-${network}`)
      .locator("tbody tr")
      .evaluateAll((rows) =>
        rows.reduce((sum, row, at) => sum + Number(row.querySelectorAll("button")[at]?.textContent ?? 0), 0),
      );
  for (const network of ["teacher", "student", "base"]) {
    expect((await right(network)) / 60, network).toBeCloseTo(await valueOf(page.getByTestId(`result-${network}`)), 9);
  }
  // The Teacher's diagonal: all ten disks, and among the maps those of the reference batch.
  const cell = page.getByTestId("cell-teacher-0-0");
  const count = Number(await cell.innerText());
  await cell.click();
  await expect(cell).toHaveAttribute("aria-pressed", "true");
  await expect(page.getByTestId("cell-pictures").getByTestId("thumb")).toHaveCount(Math.min(24, count));
  const labels = await page.getByTestId("card").evaluateAll((cards) => cards.map((card) => card.dataset["label"]));
  expect(new Set(labels)).toEqual(new Set(["0"]));
  await page.getByTestId("clear-cell").click();
  await expect(page.getByTestId("card")).toHaveCount(12);
});
