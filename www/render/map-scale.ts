import type { ExplainedImage, MapKind } from "../protocol/contract";
import { type MapScale, OWN_SCALE } from "./paint";

/** Maps whose raw values mean the same and can share a scale. */
const METHODS: Record<MapKind, "unicam" | "grad-cam"> = {
  distilled: "unicam",
  residual: "unicam",
  studentGivenTeacher: "unicam",
  teacherGivenStudent: "unicam",
  gradCamTeacher: "grad-cam",
  gradCamStudent: "grad-cam",
  gradCamBase: "grad-cam",
};

/** Whether two kinds of maps are made by one method, so that their strengths compare. */
export function sameMethod(one: MapKind, other: MapKind): boolean {
  return METHODS[one] === METHODS[other];
}

/**
 * The scale on which all maps of one method over one picture end at the strongest of them, so that a weak map looks weak.
 * A map's own scale undoes its stretching to 0..1: `raw = min + (max - min) * scaled`.
 */
export function sharedScale(kinds: readonly MapKind[], image: ExplainedImage, kind: MapKind): MapScale {
  const own = image.strengths[kinds.indexOf(kind)];
  const peaks = kinds.flatMap((other, i) => (sameMethod(other, kind) ? [image.strengths[i]?.max ?? 0] : []));
  const end = Math.max(...peaks);
  if (!own || !(end > 0)) return OWN_SCALE;
  return { gain: (own.max - own.min) / end, offset: own.min / end, isSigned: false };
}
