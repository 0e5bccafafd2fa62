import { expect, test } from "@playwright/test";

import type { ImagesReport } from "../../../www/protocol/contract";
import { notes } from "../../../www/views/data/images-notes";

const PLAIN: ImagesReport = {
  splitGiven: false,
  imbalance: 1.2,
  broken: 3,
  overLimit: 0,
  copies: 0,
  copiesAcross: 0,
  contradictions: 0,
  untaught: [],
};

test("pictures of which nothing is to be said get the word on the split alone", () => {
  expect(notes(PLAIN)).toEqual(["The seed draws which pictures are kept for testing."]);
});

test("imbalance, limits, copies and classes without training pictures are told", () => {
  const told = notes({
    splitGiven: true,
    imbalance: 6.6,
    broken: 0,
    overLimit: 50,
    copies: 2,
    copiesAcross: 1,
    contradictions: 4,
    untaught: ["test1"],
  });
  expect(told).toHaveLength(7);
  expect(told.join(" ")).toMatch(/6\.6 times .* 50 pictures are left out .* 2 pictures are the same as another/);
  expect(told.join(" ")).toMatch(/1 picture is for testing and, as a copy, .* 4 pictures are in two .* test1\.$/);
});
