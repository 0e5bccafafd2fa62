import type { MapKind, MeanShare } from "../protocol/contract";
import { tell, texts } from "./i18n";

const KINDS = texts("maps.kinds");

/** Formula of each kind of map, and whose network it is drawn on. */
const LOOKS: Record<MapKind, { formula: string; owner: "teacher" | "student" | "base" }> = {
  gradCamTeacher: { formula: "Grad-CAM", owner: "teacher" },
  distilled: { formula: "S | B", owner: "student" },
  residual: { formula: "B | S", owner: "base" },
  gradCamStudent: { formula: "Grad-CAM", owner: "student" },
  gradCamBase: { formula: "Grad-CAM", owner: "base" },
  studentGivenTeacher: { formula: "S | T", owner: "student" },
  teacherGivenStudent: { formula: "T | S", owner: "teacher" },
};

/** A kind of map: its name and meaning in the page's language, its formula, its owner. */
export interface MapText {
  readonly name: string;
  readonly text: string;
  readonly formula: string;
  readonly owner: "teacher" | "student" | "base";
}

/** Name, formula and meaning of each kind of map. */
export const MAPS = Object.fromEntries(
  (Object.keys(LOOKS) as MapKind[]).map((kind) => [kind, mapText(kind)]),
) as Record<MapKind, MapText>;

function mapText(kind: MapKind): MapText {
  return {
    ...LOOKS[kind],
    get name() {
      return KINDS[kind].name;
    },
    get text() {
      return KINDS[kind].text;
    },
  };
}

/** Sentences around the maps. */
export const LOOK_TEXT = texts("maps");

/** Which batch the maps belong to. */
export function batchText(n: number, hash: string): string {
  return tell("maps.batch", { n, hash });
}

/** By how much distilled maps lie on the object more than residual ones, as far as that can be told. */
export function insideDifference({ mean, lower, upper, n }: MeanShare): string {
  const points = (share: number): string => (100 * share).toFixed(1).replace("-", "−");
  const told = { points: points(mean), low: points(lower), high: points(upper), n };
  const measured = tell("maps.difference.measured", told);
  const word = lower > 0 ? "more" : upper < 0 ? "less" : "close";
  return tell(`maps.difference.${word}`, { measured });
}
