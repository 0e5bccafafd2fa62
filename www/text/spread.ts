import { tell, texts } from "./i18n";

/** Rank correlations from which a map is called stable, or at least alike: a choice of words, and not a test. */
const STABLE = 0.8;
const ALIKE = 0.5;

/** How much of a map is owed to its batch. */
export const SPREAD = texts("maps.spread");

/** One sentence on how stable the map is. */
export function spreadText({
  rankStability,
  batches,
  empty,
}: {
  rankStability: number | null;
  batches: number;
  empty: number;
}): string {
  const emptyText = empty === 0 ? "" : tell("maps.spread.empty", { count: empty });
  if (rankStability === null) return tell("maps.spread.nothing", { batches }) + emptyText;
  const word = rankStability >= STABLE ? "stable" : rankStability >= ALIKE ? "alike" : "unstable";
  return tell("maps.spread.over", { finding: tell(`maps.spread.${word}`), batches }) + emptyText;
}
