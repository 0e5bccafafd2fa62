import type { JSX } from "preact";
import { useCallback } from "preact/hooks";

import type { Picture } from "../../protocol/contract";
import { PixelCanvas } from "./picture-canvas";

/** A picture, small. */
export function PictureThumb({ picture }: { picture: Picture }): JSX.Element {
  const pixels = useCallback(() => picture.rgba, [picture]);
  return <PixelCanvas pixels={pixels} width={picture.width} height={picture.height} class="thumb" testId="thumb" />;
}
