/**
 * The sequential colour scale of maps without sign: viridis (Smith and van der Walt, CC0), which keeps its order in greyscale
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

/**
 * Red, green and blue, 0..255, of a signed value -1..1: blue below zero, orange above, as light as paper at zero. Blue
 * and orange differ for every common kind of colour blindness, and both sides darken alike (straight lines in OKLab,
 * Björn Ottosson 2020).
 */
export function signedColour(value: number): [number, number, number] {
  const t = Number.isNaN(value) ? 0 : Math.min(1, Math.max(-1, value));
  const size = Math.abs(t);
  const hue = ((t < 0 ? 255 : 52) / 180) * Math.PI;
  const chroma = 0.15 * size;
  return fromOklab(0.96 - 0.46 * size, chroma * Math.cos(hue), chroma * Math.sin(hue));
}

/** How opaque a signed value is painted: nothing at zero, all of it from half of the scale on. */
export function signedCover(value: number): number {
  const size = Math.min(1, Math.abs(Number.isNaN(value) ? 0 : value));
  return Math.round(255 * Math.min(1, 2 * size));
}

/** The scale of values 0..1 as a table of RGBA bytes, `[256, 4]`. */
export const COLOUR_TABLE: Uint8ClampedArray = buildTable((share) => [...colour(share), cover(share)]);

/** The scale of signed values -1..1 as a table of RGBA bytes, `[256, 4]`. */
export const SIGNED_TABLE: Uint8ClampedArray = buildTable((share) => {
  const value = 2 * share - 1;
  return [...signedColour(value), signedCover(value)];
});

function buildTable(entry: (share: number) => number[]): Uint8ClampedArray {
  const table = new Uint8ClampedArray(STEPS * 4);
  for (let i = 0; i < STEPS; i++) table.set(entry(i / (STEPS - 1)), i * 4);
  return table;
}

/** sRGB 0..255 of a colour in OKLab, clamped to what a screen can show. */
function fromOklab(lightness: number, a: number, b: number): [number, number, number] {
  const long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const short = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const encode = (linear: number): number => {
    const light = Math.min(1, Math.max(0, linear));
    return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
  };
  return [
    encode(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
    encode(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
    encode(-0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short),
  ];
}
