/** Pearson's correlation. */
export function correlation(a: number[], b: number[]): number {
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  const sum = (f: (x: number, y: number) => number): number =>
    a.reduce((total, x, i) => total + f(x - meanA, (b[i] ?? NaN) - meanB), 0);
  return sum((x, y) => x * y) / Math.sqrt(sum((x) => x * x) * sum((_, y) => y * y));
}
