import type { JSX } from "preact";
import { useCallback, useMemo } from "preact/hooks";

import type { Picture } from "../../protocol/contract";
import { inGrey, outlinePath } from "../../render/paint";
import { PixelCanvas } from "../common/picture-canvas";

/**
 * The picture at the bottom of a tile. Under a map it is grey: its colour would be read as the map's own. Grey pixels
 * and not a filter over coloured ones, because every filter is a layer of its own for the browser to blend.
 */
export function PictureLayer({
  picture,
  label,
  isGrey = false,
}: {
  picture: Picture;
  label?: string;
  isGrey?: boolean;
}): JSX.Element {
  const pixels = useCallback(() => (isGrey ? inGrey(picture.rgba) : picture.rgba), [picture, isGrey]);
  return (
    <PixelCanvas
      pixels={pixels}
      width={picture.width}
      height={picture.height}
      class="tile-picture"
      {...(label === undefined ? {} : { label })}
    />
  );
}

/** The outline of the object on top of a tile, where it is known. */
export function OutlineLayer({ picture }: { picture: Picture }): JSX.Element | null {
  const { mask, width, height } = picture;
  const path = useMemo(() => (mask ? outlinePath(mask, width, height) : ""), [mask, width, height]);
  if (!path) return null;
  return (
    <svg class="tile-outline" viewBox={`0 0 ${String(width)} ${String(height)}`} aria-hidden="true">
      <path class="outline-under" d={path} />
      <path class="outline-over" d={path} />
    </svg>
  );
}
