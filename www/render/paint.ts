import { COLOUR_TABLE } from "./colormap";

/**
 * RGBA bytes of a map, row by row.
 *
 * @param values scaled map 0..1, `[height, width]`
 */
export function paintMap(values: Float32Array, width: number, height: number): Uint8ClampedArray {
  if (values.length !== width * height) {
    throw new Error(`a map of ${String(width)} x ${String(height)} needs other than ${String(values.length)} values`);
  }
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const step = Math.round(255 * Math.min(1, Math.max(0, Number.isNaN(value) ? 0 : value)));
    pixels.set(COLOUR_TABLE.subarray(step * 4, step * 4 + 4), i * 4);
  }
  return pixels;
}

/**
 * One map out of the block of all maps.
 *
 * @param scaled all maps, `[n, maps, height, width]`
 */
export function mapAt(
  scaled: Float32Array,
  { image, map, maps, width, height }: { image: number; map: number; maps: number; width: number; height: number },
): Float32Array {
  const start = (image * maps + map) * width * height;
  return scaled.subarray(start, start + width * height);
}

/**
 * The outline of a mask as an SVG path along pixel edges, in pixel units.
 *
 * @param mask 0..255 a pixel, `[height, width]`; 128 and more is object
 */
export function outlinePath(mask: Uint8Array, width: number, height: number): string {
  const inside = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < width && y < height && (mask[y * width + x] ?? 0) >= 128;
  const parts: string[] = [];
  for (let y = 0; y <= height; y++) {
    for (let x = 0; x <= width; x++) {
      if (inside(x, y) !== inside(x - 1, y)) parts.push(`M${String(x)} ${String(y)}v1`);
      if (inside(x, y) !== inside(x, y - 1)) parts.push(`M${String(x)} ${String(y)}h1`);
    }
  }
  return parts.join("");
}
