/**
 * The sequential colour scale of all maps: viridis (Smith and van der Walt, CC0), which keeps its order in greyscale
 * and for colour-blind readers, as the sixth-degree fit by Matt Zucker (CC0). One row a power, each red, green, blue.
 */
const VIRIDIS = [
  [0.2777273272234177, 0.005407344544966578, 0.3340998053353061],
  [0.1050930431085774, 1.404613529898575, 1.384590162594685],
  [-0.3308618287255563, 0.214847559468213, 0.09509516302823659],
  [-4.634230498983486, -5.799100973351585, -19.33244095627987],
  [6.228269936347081, 14.17993336680509, 56.69055260068105],
  [4.776384997670288, -13.74514537774601, -65.35303263337234],
  [-5.435455855934631, 4.645852612178535, 26.3124352495832],
] as const;

/** Entries of the table that maps are painted from. */
const STEPS = 256;

/** Red, green and blue, 0..255, of a value 0..1; values outside are clamped, and what is no number is taken as 0. */
export function colour(value: number): [number, number, number] {
  const t = Number.isNaN(value) ? 0 : Math.min(1, Math.max(0, value));
  const channel = (c: 0 | 1 | 2): number => {
    const sum = VIRIDIS.reduceRight((total, row) => total * t + row[c], 0);
    return Math.round(255 * Math.min(1, Math.max(0, sum)));
  };
  return [channel(0), channel(1), channel(2)];
}

/**
 * How opaque a value is painted. Low values let the picture through, so that one sees what lies under a map and not
 * only the map; full strength is reached at half of the scale.
 */
export function cover(value: number): number {
  const t = Math.min(1, Math.max(0, Number.isNaN(value) ? 0 : value));
  return Math.round(255 * Math.min(1, 0.35 + 1.3 * t));
}

/** The scale as a table of RGBA bytes, `[256, 4]`. */
export const COLOUR_TABLE: Uint8ClampedArray = buildTable();

function buildTable(): Uint8ClampedArray {
  const table = new Uint8ClampedArray(STEPS * 4);
  for (let i = 0; i < STEPS; i++) {
    const value = i / (STEPS - 1);
    table.set([...colour(value), cover(value)], i * 4);
  }
  return table;
}
