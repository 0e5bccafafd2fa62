import { expect, test } from "@playwright/test";

import { colour, COLOUR_TABLE, cover, SIGNED_TABLE, signedColour, signedCover } from "../../../www/render/colormap";
import { isEmptyMap } from "../../../www/render/map-scale";
import { inGrey, mapAt, outlinePath, paintMap, paintSigned } from "../../../www/render/paint";
import { placeText } from "../../../www/text/place";

/** Published control points of viridis (matplotlib 3, `cm.viridis`): value and sRGB 0..255. */
const VIRIDIS: [number, [number, number, number]][] = [
  [0, [68, 1, 84]],
  [0.25, [59, 82, 139]],
  [0.5, [33, 145, 140]],
  [0.75, [94, 201, 98]],
  [1, [253, 231, 37]],
];

test("what rounding leaves of nothing is an empty map, with its signs or without", () => {
  const noise = { empty: false, max: 9e-16, min: -4e-17 };
  expect([isEmptyMap(noise), isEmptyMap(noise, true)]).toEqual([true, true]);
  const weak = { empty: false, max: 1e-9, min: 0 };
  expect([isEmptyMap(weak), isEmptyMap(weak, true)]).toEqual([false, false]);
  // Evidence against alone is none for the class, and is shown where signs are.
  const against = { empty: true, max: -0.1, min: -3 };
  expect([isEmptyMap(against), isEmptyMap(against, true)]).toEqual([true, false]);
});

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

test("the signed scale is blue below zero and orange above, as dark on both sides and clear at zero", () => {
  expect(signedCover(0)).toBe(0);
  for (const size of [0.25, 0.5, 0.75, 1]) {
    const [red, , blue] = signedColour(size);
    const [redBelow, , blueBelow] = signedColour(-size);
    expect(red).toBeGreaterThan(blue);
    expect(blueBelow).toBeGreaterThan(redBelow);
    expect(signedCover(size)).toBe(signedCover(-size));
    expect(Math.abs(luminance(signedColour(size)) - luminance(signedColour(-size)))).toBeLessThan(0.06);
  }
});

test("both ends of the signed scale are told apart by readers who lack one kind of cone", () => {
  // Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
  const views = {
    protan: [
      [0.152286, 1.052583, -0.204868],
      [0.114503, 0.786281, 0.099216],
      [-0.003882, -0.048116, 1.051998],
    ],
    deutan: [
      [0.367322, 0.860646, -0.227968],
      [0.280085, 0.672501, 0.047413],
      [-0.01182, 0.04294, 0.968881],
    ],
  };
  for (const [name, rows] of Object.entries(views)) {
    const seen = (value: number): number[] => {
      const linear = signedColour(value).map(toLinear);
      return rows.map((row) => row.reduce((sum, weight, i) => sum + weight * (linear[i] ?? 0), 0));
    };
    const [above, below] = [seen(1), seen(-1)];
    expect(Math.hypot(...above.map((part, i) => part - (below[i] ?? 0))), name).toBeGreaterThan(0.3);
  }
});

test("a signed map is painted from the signed table", () => {
  const pixels = paintSigned(Float32Array.of(-2, 0, 2), 3, 1, 2);
  for (const [i, step] of [0, 128, 255].entries()) {
    expect([...pixels.subarray(4 * i, 4 * i + 4)]).toEqual([...SIGNED_TABLE.subarray(4 * step, 4 * step + 4)]);
  }
});

test("a picture in grey keeps its brightness and its cover, and is another array", () => {
  const colours = Uint8ClampedArray.of(255, 0, 0, 255, 10, 10, 10, 128);
  expect([...inGrey(colours)]).toEqual([54, 54, 54, 255, 10, 10, 10, 128]);
  expect(colours[0]).toBe(255);
});

function toLinear(byte: number): number {
  const value = byte / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

function luminance(rgb: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = rgb.map(toLinear);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

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
  const place = { ninth: "lowerRight", share: 0.996 } as const;
  expect(placeText({ place, insideMask: null })).toBe("strongest in the lower right (100 % of it there)");
  expect(placeText({ place: null, insideMask: null })).toBe("no positive evidence anywhere");
});
