import { expect } from "@playwright/test";

import evidence from "../../../docs/evidence/claims.json" with { type: "json" };
import { address, expectFinished, open, test, valueOf } from "./support";

test.setTimeout(300_000);

test("where the claim about residual features stands, the page shows what was measured of it, and tests it on the run", async ({
  page,
}, { outputDir }) => {
  await open(page, address("cpu", { steps: 20, reference: 24 }));
  await page.getByTestId("run-all").click();
  await expectFinished(page, 120_000);
  const { runs, differences, reversed } = evidence.claims.residualOnBackground;
  const run = page.getByTestId("residual-claim");
  // The verdict on this run follows from the numbers beside it.
  const [area, share] = [
    await valueOf(page.getByTestId("mean-object")),
    await valueOf(page.getByTestId("mean-inside-residual")),
  ];
  const side = await run.getAttribute("data-side");
  if (side === "object") expect(share).toBeGreaterThan(area);
  if (side === "background") expect(share).toBeLessThan(area);
  expect(["object", "background", "close"]).toContain(side);

  await page.getByTestId("story-maps").click();
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    for (const language of ["en", "zh-CN"]) {
      await page.getByTestId("language").selectOption(language);
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      for (const place of [page.getByTestId("story-claim"), run]) {
        await place.scrollIntoViewIfNeeded();
        const text = await place.innerText();
        for (const number of [reversed, differences, runs]) expect(text).toContain(String(number));
        expect(text).toContain("docs/EVIDENCE.md");
        expect(/[一-鿿]/.test(text)).toBe(language === "zh-CN");
        expect(await place.evaluate((e) => e.scrollWidth <= e.clientWidth + 1)).toBe(true);
      }
      expect(await run.innerText()).toContain(`${(100 * area).toFixed(0)} %`);
      const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0);
      for (const [name, place] of [
        ["story", page.getByTestId("story-card")],
        ["maps", page.locator(".inside-summary")],
      ] as const) {
        await place.screenshot({ path: `${outputDir}/${name}-${String(width)}-${language}.png` });
      }
    }
  }
});
