import type { ScoreReport, ScoreWarning } from "../protocol/contract";
import { tell, texts } from "./i18n";

/** Around the scores. */
export const SCORES = texts("scores");

/** The explanations of the scores, in the order of the page. */
export const SCORE_TERMS = ["fss", "rs", "partial", "trust"] as const;

/** What marks a verdict beside its word. */
export const VERDICT_MARKS = { higher: "▲", lower: "▼", withheld: "" } as const;

/** Vectors of one's own for the classes, as far as they are there. */
export function rowsText(rows: number, width: number): string {
  return rows === 0 ? SCORES.rows.none : tell("scores.rows.told", { rows, width });
}

/** What scores were computed from. */
export function scoredFrom({ pixels, labels }: ScoreReport): string {
  const seen =
    pixels.kind === "imputed"
      ? tell("scores.from.imputed", { share: Math.round(100 * pixels.share) })
      : tell("scores.from.raw");
  return tell("scores.from.told", { seen, classes: tell(`scores.from.${labels}`) });
}

/** What stands above the table of scores. */
export function tableCaption(report: ScoreReport): string {
  const { permutations = 0, bootstrap = 0, level = 0.95 } = report.uncertainty;
  return tell("scores.caption", {
    n: report.n,
    hash: report.referenceHash,
    from: scoredFrom(report),
    level: Math.round(100 * level),
    resamples: bootstrap,
    permutations,
  });
}

/** The warnings, in the order in which they are told. */
export const WARNINGS: readonly ScoreWarning[] = ["dimensionExceedsImages", "labelsAllAlike", "tooFewForInterval"];

/** What to know before reading the scores of some layers. */
export function warningText(warning: ScoreWarning, layers: string): string {
  return tell(`scores.warnings.${warning}`, { layers });
}
