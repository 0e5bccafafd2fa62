import { expect, test } from "@playwright/test";

import evidence from "../../../docs/evidence/claims.json" with { type: "json" };
import { findingText, residualClaim, residualInRun, residualSide } from "../../../www/text/claim";
import { speak } from "../../../www/text/i18n";

const SHARE = { mean: 0.3, lower: 0.25, upper: 0.35, n: 40 };
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;

test.afterEach(async () => {
  await speak("en");
});

test("a run's residual maps are held against the object's share of the area, by their interval", () => {
  expect([0.2, 0.3, 0.4].map((area) => residualSide(SHARE, area))).toEqual(["object", "close", "background"]);
  expect(residualInRun(SHARE, 0.2, percent)).toBe(
    "In this run the reverse: 30 % of the residual maps lies on the object (25 % to 35 %), which covers 20 % of the pictures.",
  );
  expect(residualInRun(SHARE, 0.4, percent)).toMatch(/^In this run it is so/);
});

test("what the page says of the finding are the numbers of the evidence, in both languages", async () => {
  const { runs, differences, holds, reversed } = evidence.claims.residualOnBackground;
  for (const language of ["en", "zh-CN"] as const) {
    await speak(language);
    const text = residualClaim();
    expect(text).not.toMatch(/\{\{|maps\./);
    expect(text).toMatch(/built-in scenes|内置场景/);
    for (const number of [runs, differences, reversed]) expect(text).toContain(String(number));
    expect(/[一-鿿]/.test(text)).toBe(language === "zh-CN");
  }
  await speak("en");
  const one = { runs: 20, differences: 9, holds: 0, reversed: 4, holdsAlone: 0, reversedAlone: 6 };
  expect(findingText(one)).toContain("Of 9 differences 6 show it each by itself, and 4 when corrected");
  expect(findingText({ ...one, holds: 2, holdsAlone: 3 })).toContain("2 bear it out, 4 show the reverse");
  expect(findingText(one)).toContain("on the built-in scenes, over 20 runs");
  // Photographs have no masks.
  expect(runs).toBeLessThan(evidence.claims.accuracy.runs);
  expect(holds + reversed).toBeLessThanOrEqual(differences);
});
