import type { ExplanationReport, MapKind } from "../protocol/contract";
import { sameMethod } from "./map-scale";

/** A map before its ReLU, with its own extents and the size of value at which the colours end. */
export interface SignedMap {
  values: Float32Array;
  width: number;
  height: number;
  /** above 0; the largest size of a value of the map, or of the maps of one method over the picture */
  end: number;
}

/** One signed map out of the block of all, `[image][map]`; null where the maps were made without. */
export function signedMapAt(
  signed: Float32Array,
  { rawSizes, maps }: ExplanationReport,
  image: number,
  kind: MapKind,
  isShared: boolean,
): SignedMap | null {
  const area = (map: number): number => (rawSizes[map]?.width ?? 0) * (rawSizes[map]?.height ?? 0);
  const ofImage = maps.reduce((sum, _, map) => sum + area(map), 0);
  const valuesOf = (map: number): Float32Array => {
    const before = maps.slice(0, map).reduce((sum, _, earlier) => sum + area(earlier), 0);
    const start = image * ofImage + before;
    return signed.subarray(start, start + area(map));
  };
  const own = maps.indexOf(kind);
  const size = rawSizes[own];
  if (signed.length === 0 || !size) return null;
  const others = isShared ? maps.flatMap((other, map) => (sameMethod(other, kind) ? [map] : [])) : [own];
  const end = others.reduce((most, map) => Math.max(most, largest(valuesOf(map))), 0);
  return { values: valuesOf(own), width: size.width, height: size.height, end: end > 0 ? end : 1 };
}

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
