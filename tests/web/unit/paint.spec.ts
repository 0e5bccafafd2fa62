import { expect, test } from "@playwright/test";

import { colour, COLOUR_TABLE, cover } from "../../../www/render/colormap";
import { describePlace } from "../../../www/render/describe";
import { mapAt, outlinePath, paintMap } from "../../../www/render/paint";

/** Published control points of viridis (matplotlib 3, `cm.viridis`): value and sRGB 0..255. */
const VIRIDIS: [number, [number, number, number]][] = [
  [0, [68, 1, 84]],
  [0.25, [59, 82, 139]],
  [0.5, [33, 145, 140]],
  [0.75, [94, 201, 98]],
  [1, [253, 231, 37]],
];

test("the colour scale is viridis", () => {
  for (const [value, expected] of VIRIDIS) {
    for (const [channel, got] of colour(value).entries()) {
      // the fit stays within four parts in 255 of the published scale
      expect(Math.abs(got - (expected[channel] ?? 0)), `${String(value)}, channel ${String(channel)}`).toBeLessThan(5);
    }
  }
});

test("the colour scale keeps its order in greyscale, and so does its cover", () => {
  const brightness = Array.from({ length: 101 }, (_, i) => {
    const [r, g, b] = colour(i / 100);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  });
  const covers = Array.from({ length: 101 }, (_, i) => cover(i / 100));
  expect([...brightness].sort((a, b) => a - b)).toEqual(brightness);
  expect([...covers].sort((a, b) => a - b)).toEqual(covers);
});

test("values outside of the scale are clamped, and what is no number is taken as nothing", () => {
  expect(colour(-3)).toEqual(colour(0));
  expect(colour(7)).toEqual(colour(1));
  expect(colour(NaN)).toEqual(colour(0));
});

test("a map that is not square is painted row by row", () => {
  const values = Float32Array.of(0, 0.2, 0.4, 0.6, 0.8, 1); // 3 wide, 2 high
  const pixels = paintMap(values, 3, 2);
  expect(pixels.length).toBe(3 * 2 * 4);
  for (const [i, value] of values.entries()) {
    const step = Math.round(255 * value);
    expect([...pixels.subarray(4 * i, 4 * i + 4)]).toEqual([...COLOUR_TABLE.subarray(4 * step, 4 * step + 4)]);
  }
});

test("a map of another size than it says is refused", () => {
  expect(() => paintMap(new Float32Array(5), 3, 2)).toThrow("3 x 2");
});

test("one map is cut out of the block of all", () => {
  const [images, maps, height, width] = [2, 3, 2, 4];
  const scaled = Float32Array.from({ length: images * maps * height * width }, (_, i) => i);
  const cut = mapAt(scaled, { image: 1, map: 2, maps, width, height });
  expect([...cut]).toEqual([40, 41, 42, 43, 44, 45, 46, 47]);
});

test("the outline runs along the edges of the mask, also where that touches the border", () => {
  // 3 wide, 2 high; the object is the two pixels at the left of the upper row
  const mask = Uint8Array.of(255, 255, 0, 0, 0, 0);
  const edges = outlinePath(mask, 3, 2).match(/M\d+ \d+[vh]1/g) ?? [];
  expect(new Set(edges)).toEqual(new Set(["M0 0v1", "M2 0v1", "M0 0h1", "M1 0h1", "M0 1h1", "M1 1h1"]));
  expect(outlinePath(new Uint8Array(6), 3, 2)).toBe("");
});

test("the place of a map is told in words", () => {
  const [width, height] = [6, 3];
  const values = new Float32Array(width * height);
  values[2 * width + 5] = 1;
  expect(describePlace(values, width, height)).toBe("strongest in the lower right (100 % of it there)");
  expect(describePlace(new Float32Array(width * height), width, height)).toBe("no positive evidence anywhere");
});
