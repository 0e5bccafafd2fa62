/** Rank correlations from which a map is called stable, or at least alike: a choice of words, and not a test. */
const STABLE = 0.8;
const ALIKE = 0.5;

/** How much of a map is owed to its batch. */
export const SPREAD = {
  title: "Would other pictures beside it change this map?",
  lead: "A map belongs to its reference batch. Here the same picture is put among other pictures, drawn anew by the seed, and its map is made each time.",
  map: "Map",
  batches: "Batches",
  run: "Draw the batches",
  running: "Drawing the batches:",
  rank: "rank correlation of two batches",
  correlation: "linear correlation",
  meanDeviation: "mean deviation, 0 to 1",
  tiles: {
    mean: { name: "Mean", text: "of the maps, each on its own scale" },
    deviation: { name: "Deviation", text: "bright is where the batches disagree" },
  },
  /** One sentence on how stable the map is. */
  told: ({
    rankStability,
    batches,
    empty,
  }: {
    rankStability: number | null;
    batches: number;
    empty: number;
  }): string => {
    const emptyText = empty === 0 ? "" : ` In ${String(empty)} of them it is empty.`;
    if (rankStability === null) return `Over ${String(batches)} batches there is nothing to compare.${emptyText}`;
    const finding =
      rankStability >= STABLE
        ? "Stable: the map hardly depends on the pictures beside it"
        : rankStability >= ALIKE
          ? "Alike, and not the same: read the strong places of the mean, and no details"
          : "Not stable: most of this map is owed to the pictures beside it";
    return `${finding} (over ${String(batches)} batches).${emptyText}`;
  },
  batchesOf: (batches: number, n: number): string =>
    `${String(batches)} batches of ${String(n)} pictures each. Correlations are means over all pairs of batches, of the maps before their ReLU.`,
} as const;
