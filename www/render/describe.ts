const ROWS = ["upper", "middle", "lower"] as const;
const COLUMNS = ["left", "centre", "right"] as const;

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
  if (!(total > 0)) return "no positive evidence anywhere";
  const strongest = mass.indexOf(Math.max(...mass));
  const share = Math.round((100 * (mass[strongest] ?? 0)) / total);
  return `strongest in the ${placeName(strongest)} (${String(share)} % of it there)`;
}

function placeName(cell: number): string {
  const row = ROWS[Math.floor(cell / 3)] ?? "middle";
  const column = COLUMNS[cell % 3] ?? "centre";
  return cell === 4 ? "centre" : `${row} ${column}`;
}
