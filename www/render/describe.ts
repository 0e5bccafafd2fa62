import type { Ninth } from "../protocol/contract";
import { placeText } from "../text/place";

/** The ninths of a picture, row by row. */
const NINTHS: readonly Ninth[] = [
  "upperLeft",
  "upper",
  "upperRight",
  "left",
  "centre",
  "right",
  "lowerLeft",
  "lower",
  "lowerRight",
];

/**
 * Where most of a map lies, in words, for readers who do not see it: the ninth of the picture with the most mass.
 *
 * @param values scaled map 0..1, `[height, width]`
 */
export function describePlace(values: Float32Array, width: number, height: number): string {
  const mass = new Float64Array(9);
  let total = 0;
  for (let y = 0; y < height; y++) {
    const row = Math.floor((3 * y) / height);
    for (let x = 0; x < width; x++) {
      const value = values[y * width + x] ?? 0;
      const cell = 3 * row + Math.floor((3 * x) / width);
      mass[cell] = (mass[cell] ?? 0) + value;
      total += value;
    }
  }
  if (!(total > 0)) return placeText({ place: null, insideMask: null });
  const strongest = mass.indexOf(Math.max(...mass));
  const place = { ninth: NINTHS[strongest] ?? "centre", share: (mass[strongest] ?? 0) / total };
  return placeText({ place, insideMask: null });
}
