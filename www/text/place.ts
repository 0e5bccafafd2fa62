import type { MapStrength } from "../protocol/contract";
import { tell } from "./i18n";

/** A map in words, from its own numbers, for readers who do not see it. */
export function placeText({ place, insideMask }: Pick<MapStrength, "place" | "insideMask">): string {
  if (!place) return tell("place.nowhere");
  const where = tell("place.strongest", {
    ninth: tell(`place.ninths.${place.ninth}`),
    share: String(Math.round(100 * place.share)),
  });
  if (insideMask === null) return where;
  return tell("place.withObject", { where, share: String(Math.round(100 * insideMask)) });
}
