// Whether memory grows from round to round.

/** Fewest rounds that are judged: two in each third. */
export const FEWEST = 6;

/**
 * Compares the median of the last third of the rounds with that of the second: the first is left for what is loaded once.
 * One line for each kind of memory that is more than its bound above, bytes.
 */
export function growth(rounds, bounds) {
  const third = Math.floor(rounds.length / 3);
  const [second, last] = [rounds.slice(-2 * third, -third), rounds.slice(-third)];
  return Object.entries(bounds).flatMap(([kind, bound]) => {
    const before = median(second.map((round) => round[kind]));
    const after = median(last.map((round) => round[kind]));
    if (after - before <= bound) return [];
    return [`${kind} went from ${mebibytes(before)} to ${mebibytes(after)} MiB, over the bound of ${mebibytes(bound)}`];
  });
}

export function mebibytes(bytes) {
  return (bytes / 2 ** 20).toFixed(1);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
