import { expect, test } from "@playwright/test";

import { spreadText } from "../../../www/text/spread";

test("what is said of a map's stability follows its rank correlation, and empty maps are told", () => {
  const told = (rankStability: number | null, empty = 0): string => spreadText({ rankStability, batches: 8, empty });
  expect(told(0.93)).toBe("Stable: the map hardly depends on the pictures beside it (over 8 batches).");
  expect(told(0.6)).toMatch(/^Alike, and not the same/);
  expect(told(-0.2)).toMatch(/^Not stable/);
  expect(told(null, 8)).toBe("Over 8 batches there is nothing to compare. In 8 of them it is empty.");
});
