import type { MapKind, MapStrength } from "../protocol/contract";

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

/** Peaks below this are what rounding leaves of nothing: maps that mean something are stronger by orders of magnitude. */
const LEAST_PEAK = 1e-12;

/** Whether a map holds no evidence: for the class, or with its signs neither for nor against. */
export function isEmptyMap({ empty, max, min }: Pick<MapStrength, "empty" | "max" | "min">, isSigned = false): boolean {
  return isSigned ? Math.max(max, -min) < LEAST_PEAK : empty || max < LEAST_PEAK;
}
