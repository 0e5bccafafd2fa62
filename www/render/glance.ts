import example from "../example/scenes.json" with { type: "json" };
import type { ExplainedImage, MapKind, Ninth, Picture, Place } from "../protocol/contract";
import type { ExplanationData } from "../protocol/messages";
import type { GlanceMap } from "../text/glance";
import { tellGiven } from "../text/i18n";
import { isEmptyMap } from "./map-scale";
import { mapAt } from "./paint";

/** The maps that tell the story at a glance, top to bottom. */
export const GLANCE_MAPS = ["gradCamTeacher", "distilled", "residual"] as const satisfies readonly GlanceMap[];

/** Most pictures of a glance. */
export const GLANCE_COLUMNS = 5;

/** One test picture with its maps. */
export interface GlanceColumn {
  picture: Picture;
  className: string;
  /** null where there is no positive evidence */
  maps: Record<GlanceMap, GlanceValues | null>;
}

/** A map of a glance. */
export interface GlanceValues {
  /** scaled 0..1, `[height, width]` */
  scaled: Float32Array;
  /** where most of it lies */
  place: Place | null;
}

/** A finished run at a glance: how good the three networks are, and their maps over a few telling pictures. */
export interface Glance {
  isExample: boolean;
  /** shares 0..1 of the test pictures */
  accuracy: { teacher: number | null; student: number; base: number | null };
  /** test pictures that the accuracies are measured on */
  tests: number;
  layer: string;
  /** size of a map */
  width: number;
  height: number;
  columns: GlanceColumn[];
}

/**
 * Positions of the pictures that tell most: Teacher and Student name them rightly, the Base does not; one of each class
 * before a second one. Others follow where there are too few of these.
 */
export function tellingPositions(images: readonly ExplainedImage[], wanted = GLANCE_COLUMNS): number[] {
  const seen = new Map<number, number>();
  const ranked = images.map(({ label, teacher, student, base }, position) => {
    const isTelling = teacher === label && student === label && base !== label;
    const earlier = isTelling ? (seen.get(label) ?? 0) : 0;
    if (isTelling) seen.set(label, earlier + 1);
    return { position, rank: isTelling ? earlier : Infinity };
  });
  ranked.sort((a, b) => (a.rank === b.rank ? a.position - b.position : a.rank - b.rank));
  return ranked.slice(0, wanted).map(({ position }) => position);
}

/** The page's own run at a glance. */
export function glanceOf(
  accuracy: Glance["accuracy"],
  tests: number,
  { report, scaled, pictures }: ExplanationData,
  classNames: readonly string[],
): Glance {
  const { width, height, layer, maps } = report;
  const columns = tellingPositions(report.images).flatMap((position): GlanceColumn[] => {
    const [image, picture] = [report.images[position], pictures[position]];
    if (!image || !picture) return [];
    const values = (kind: MapKind): GlanceValues | null => {
      const map = maps.indexOf(kind);
      const strength = image.strengths[map];
      if (!strength || isEmptyMap(strength)) return null;
      const at = { image: position, map, maps: maps.length, width, height };
      return { scaled: mapAt(scaled, at), place: strength.place ?? null };
    };
    return [{ picture, className: classNames[image.label] ?? "", maps: everyMap(values) }];
  });
  return { isExample: false, accuracy, tests, layer, width, height, columns };
}

/** A run of the shipped recipe that was made beforehand, so that the first thing on the page is a result. */
export function exampleGlance(): Glance {
  const { accuracy, tests, layer, width, height } = example;
  const columns = example.columns.map(({ className, rgb, mask, maps, places }): GlanceColumn => {
    const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
    for (const [i, value] of decoded(rgb).entries()) rgba[Math.floor(i / 3) * 4 + (i % 3)] = value;
    const picture = { width, height, label: 0, rgba, mask: decoded(mask) };
    const values = (kind: keyof typeof maps): GlanceValues | null => {
      if (!maps[kind]) return null;
      const scaled = Float32Array.from(decoded(maps[kind]), (value) => value / 255);
      // JSON's strings are not known to be ninths; the file is written from the engine's report.
      return { scaled, place: places[kind] as { ninth: Ninth; share: number } | null };
    };
    return { picture, className: tellGiven(className), maps: everyMap(values) };
  });
  return { isExample: true, accuracy, tests, layer, width, height, columns };
}

function everyMap(values: (kind: GlanceMap) => GlanceValues | null): GlanceColumn["maps"] {
  return {
    gradCamTeacher: values("gradCamTeacher"),
    distilled: values("distilled"),
    residual: values("residual"),
  };
}

function decoded(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
