import { COLOUR_TABLE, SIGNED_TABLE } from "./colormap";

/**
 * RGBA bytes of a map, row by row.
 *
 * @param values `[height, width]`, 0..1; what lies outside is clamped
 */
export function paintMap(values: Float32Array, width: number, height: number): Uint8ClampedArray {
  return paint(values, width, height, COLOUR_TABLE, (value) => value);
}

/**
 * RGBA bytes of a signed map, row by row.
 *
 * @param values `[height, width]`
 * @param end size of value, above 0, at which the colours end on either side
 */
export function paintSigned(values: Float32Array, width: number, height: number, end: number): Uint8ClampedArray {
  return paint(values, width, height, SIGNED_TABLE, (value) => (value / end + 1) / 2);
}

/** Looks each value's colour up, at its share of the way through the table. */
function paint(
  values: Float32Array,
  width: number,
  height: number,
  colours: Uint8ClampedArray,
  shareOf: (value: number) => number,
): Uint8ClampedArray {
  if (values.length !== width * height) {
    throw new Error(`a map of ${String(width)} x ${String(height)} needs other than ${String(values.length)} values`);
  }
  const table = new Uint32Array(colours.buffer);
  const pixels = new Uint32Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    const share = shareOf(Number.isNaN(value) ? 0 : value);
    pixels[i] = table[Math.round(255 * Math.min(1, Math.max(0, share)))] ?? 0;
  }
  return new Uint8ClampedArray(pixels.buffer);
}

/** The same picture without its colours, RGBA: the luminance that CSS takes for `grayscale(1)`. */
export function inGrey(rgba: Uint8ClampedArray): Uint8ClampedArray {
  const grey = new Uint8ClampedArray(rgba);
  for (let at = 0; at < rgba.length; at += 4) {
    const level = 0.2126 * (rgba[at] ?? 0) + 0.7152 * (rgba[at + 1] ?? 0) + 0.0722 * (rgba[at + 2] ?? 0);
    grey.fill(level, at, at + 3);
  }
  return grey;
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
