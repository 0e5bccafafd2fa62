/** Half the width of the end of a whisker, pixels. */
const CAP = 4;

/**
 * The interval of a point as a path: a line with a bar at each end. An end that lies outside of the plot is an arrowhead
 * at the plot's edge instead.
 *
 * @param across where the whisker stands, pixels
 * @param ends where the interval ends, pixels
 * @param plot where the plot ends, pixels
 * @returns the path in SVG's words; "" where there is nothing of it in the plot
 */
export function whiskerPath(across: number, ends: readonly [number, number], plot: readonly [number, number]): string {
  const [top, bottom] = [Math.min(...plot), Math.max(...plot)];
  const [high, low] = [Math.min(...ends), Math.max(...ends)];
  // Also where one of them is no number.
  if (!(high <= bottom && low >= top)) return "";
  const [from, to] = [Math.max(high, top), Math.min(low, bottom)];
  const end = (at: number, inward: number): string =>
    `M${round(across - CAP)} ${round(at + inward)}L${round(across)} ${round(at)}L${round(across + CAP)} ${round(at + inward)}`;
  return (
    `M${round(across)} ${round(from)}V${round(to)}` + end(from, high < top ? CAP : 0) + end(to, low > bottom ? -CAP : 0)
  );
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
