import { COLOUR_TABLE, SIGNED_TABLE } from "./colormap";

/** From a map's values to the ends of its colour scale: `gain * value + offset`. */
export interface MapScale {
  gain: number;
  offset: number;
  /** the scale runs from -1 to 1, else from 0 to 1 */
  isSigned: boolean;
}

/** Each map as it comes: its own maximum is the end of the scale. */
export const OWN_SCALE: MapScale = { gain: 1, offset: 0, isSigned: false };

/**
 * RGBA bytes of a map, row by row.
 *
 * @param values `[height, width]`; after the scale -1..1 or 0..1, what lies outside is clamped
 */
export function paintMap(
  values: Float32Array,
  width: number,
  height: number,
  { gain, offset, isSigned }: MapScale = OWN_SCALE,
): Uint8ClampedArray {
  if (values.length !== width * height) {
    throw new Error(`a map of ${String(width)} x ${String(height)} needs other than ${String(values.length)} values`);
  }
  const table = new Uint32Array((isSigned ? SIGNED_TABLE : COLOUR_TABLE).buffer);
  const pixels = new Uint32Array(width * height);
  for (let i = 0; i < values.length; i++) {
    const scaled = gain * (values[i] ?? 0) + offset;
    const value = Number.isNaN(scaled) ? 0 : scaled;
    const share = isSigned ? (value + 1) / 2 : value;
    pixels[i] = table[Math.round(255 * Math.min(1, Math.max(0, share)))] ?? 0;
  }
  return new Uint8ClampedArray(pixels.buffer);
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
