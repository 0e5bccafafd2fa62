import type { MapKind } from "../protocol/contract";

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
