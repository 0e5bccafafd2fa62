import { expect, test } from "@playwright/test";

import type { ExplainedImage } from "../../../www/protocol/contract";
import { glanceCaption, picturesNote, whoText } from "../../../www/text/glance";
import { exampleGlance, GLANCE_COLUMNS, GLANCE_MAPS, tellingPositions } from "../../../www/render/glance";

function image(label: number, teacher: number, student: number, base: number): ExplainedImage {
  return { index: 0, label, teacher, student, base, maskShare: null, strengths: [] };
}

test("telling pictures are those that the Student owes to its Teacher, every class first", () => {
  const images = [
    image(0, 0, 0, 0), // the Base knows it too
    image(0, 0, 0, 1),
    image(0, 0, 0, 2),
    image(1, 0, 1, 0), // the Teacher is wrong
    image(1, 1, 1, 0),
    image(2, 2, 0, 0), // the Student is wrong
  ];
  expect(tellingPositions(images, 3)).toEqual([1, 4, 2]);
  expect(tellingPositions(images, 5)).toEqual([1, 4, 2, 0, 3]);
  expect(tellingPositions([], 5)).toEqual([]);
});

test("the shipped example is whole: accuracies, and every picture with its mask and three maps that reach their maximum", () => {
  const { accuracy, columns, width, height, isExample } = exampleGlance();
  expect(isExample).toBe(true);
  for (const share of Object.values(accuracy)) {
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThanOrEqual(1);
  }
  expect(columns).toHaveLength(GLANCE_COLUMNS);
  for (const { picture, maps } of columns) {
    expect(picture.rgba).toHaveLength(4 * width * height);
    expect(picture.mask).toHaveLength(width * height);
    expect([Math.min(...(picture.mask ?? [])), Math.max(...(picture.mask ?? []))]).toEqual([0, 255]);
    for (const kind of GLANCE_MAPS) {
      const values = maps[kind];
      if (!values) continue;
      expect(values.scaled).toHaveLength(width * height);
      expect(Math.max(...values.scaled)).toBe(1);
      expect(values.place?.share).toBeGreaterThan(1 / 9);
    }
    expect(GLANCE_MAPS.some((kind) => maps[kind])).toBe(true);
  }
});

test("a glance says whose networks it shows, and speaks of shapes over scenes alone", () => {
  const example = { isExample: true, isOwnRun: false, pictures: "images" } as const;
  const own = { isExample: false, isOwnRun: true, pictures: "scenes" } as const;
  const pair = { isExample: false, isOwnRun: false, pictures: "images" } as const;
  expect(glanceCaption(example, 600, "layer3")).toMatch(/^A finished run of the shipped recipe: .*600/);
  expect(glanceCaption(own, 24, "layer3")).toMatch(/^Your run: accuracy on 24/);
  expect(glanceCaption({ ...own, isOwnRun: false }, 24, "layer3")).toMatch(/^The finished pair: /);
  expect(glanceCaption(pair, 6, "layer3")).toMatch(/^The finished pair, on your pictures: /);
  expect([example, own].every((of) => whoText("gradCamTeacher", of).includes("shapes"))).toBe(true);
  expect(whoText("gradCamTeacher", pair)).toContain("knows the classes");
  expect([picturesNote(own), picturesNote({ ...pair, isOwnRun: true }), picturesNote(pair)]).toEqual([
    "the shape is the class, the background misleads",
    "from your run",
    "",
  ]);
});
