import type { JSX } from "preact";
import { useCallback } from "preact/hooks";

import { paintSigned } from "../../render/paint";
import { tell, texts } from "../../text/i18n";
import { placeText } from "../../text/place";
import { PixelCanvas } from "../common/picture-canvas";
import { OutlineLayer, PictureLayer } from "./layers";
import type { TileSource } from "./tile";

const DIFFERENCE = texts("compare.difference");

/** Distilled less residual over a picture: orange where the Student's own weighs more, blue where the Base's does. */
export function DifferenceTile({
  source: { data, position, picture },
  outline,
}: {
  source: TileSource;
  outline: boolean;
}): JSX.Element | null {
  const { report, difference } = data;
  const { width, height } = report;
  const pixels = useCallback(() => {
    const area = width * height;
    return paintSigned(difference.subarray(position * area, (position + 1) * area), width, height, 1);
  }, [difference, position, width, height]);
  const strengths = report.images[position]?.strengths ?? [];
  const distilled = strengths[report.maps.indexOf("distilled")];
  const residual = strengths[report.maps.indexOf("residual")];
  if (!distilled || !residual) return null;
  return (
    <div class="tile" data-testid="difference">
      <div class="tile-frame">
        <PictureLayer picture={picture} isGrey />
        <PixelCanvas
          pixels={pixels}
          width={width}
          height={height}
          class="tile-map"
          label={tell("compare.difference.label", { distilled: placeText(distilled), residual: placeText(residual) })}
          testId="pixels-difference"
        />
        {outline && <OutlineLayer picture={picture} />}
      </div>
      <div class="tile-name" title={DIFFERENCE.text}>
        {DIFFERENCE.name}
      </div>
      <div class="hint">{DIFFERENCE.text}</div>
    </div>
  );
}
