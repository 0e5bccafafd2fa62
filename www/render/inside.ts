import type { ExplanationReport, MapKind } from "../protocol/contract";

/** Where the mass of one kind of map lies, over the whole reference batch. */
export interface InsideShare {
  kind: MapKind;
  /** mean share of a map's mass that lies on the object, over the maps that are not empty */
  inside: number;
  /** maps that the mean is over */
  maps: number;
}

/** The same for every kind; with it the mean share of the pictures that is object. Null where masks are not known. */
export function insideShares(report: ExplanationReport): { object: number; shares: InsideShare[] } | null {
  const covers = report.images.flatMap(({ maskShare }) => (maskShare === null ? [] : [maskShare]));
  if (covers.length === 0) return null;
  const shares = report.maps.map((kind, map) => {
    const inside = report.images.flatMap(({ strengths }) => strengths[map]?.insideMask ?? []);
    return { kind, inside: mean(inside), maps: inside.length };
  });
  return { object: mean(covers), shares };
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
