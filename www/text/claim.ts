import evidence from "../../docs/evidence/claims.json" with { type: "json" };
import type { MeanShare } from "../protocol/contract";
import { tell } from "./i18n";

/** What `unicam evidence` found of a claim: how many of its differences bear it out, and how many show the reverse. */
export interface Finding {
  /** runs that it was measured in */
  runs: number;
  differences: number;
  holds: number;
  reversed: number;
  /** the same if each difference stood alone, without a correction for how many there are */
  holdsAlone: number;
  reversedAlone: number;
}

/** What was found, in words. */
export function findingText(finding: Finding): string {
  const { runs, differences, holds, reversed, holdsAlone, reversedAlone } = finding;
  if (reversedAlone > 0 && holdsAlone === 0) {
    return tell("maps.claim.reversed", { runs, differences, reversed, alone: reversedAlone });
  }
  return tell("maps.claim.mixed", { runs, differences, holds, reversed });
}

/** The paper's claim about residual features, and what this project measured of it. */
export function residualClaim(): string {
  return `${tell("maps.claim.paper")} ${findingText(evidence.claims.residualOnBackground)}`;
}

/** Where the residual maps of a run lie: their share on the object, by its interval, against the object's share of the area. */
export function residualSide(residual: MeanShare, area: number): "object" | "background" | "close" {
  return residual.lower > area ? "object" : residual.upper < area ? "background" : "close";
}

/** The same in words; numbers come as they are written. */
export function residualInRun(residual: MeanShare, area: number, percent: (share: number) => string): string {
  const told = { share: percent(residual.mean), low: percent(residual.lower), high: percent(residual.upper) };
  return tell(`maps.claim.run.${residualSide(residual, area)}`, { ...told, area: percent(area) });
}
