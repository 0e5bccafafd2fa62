import type { JSX } from "preact";
import { useCallback } from "preact/hooks";

import { COLOUR_TABLE, SIGNED_TABLE } from "../../render/colormap";
import type { ViewSettings } from "../../state/settings";
import { LOOK_TEXT } from "../../text/maps";
import { PixelCanvas } from "../common/picture-canvas";

const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** The colour scale with its ticks. */
export function Legend({ scale, isSigned }: { scale: ViewSettings["scale"]; isSigned: boolean }): JSX.Element {
  const table = isSigned ? SIGNED_TABLE : COLOUR_TABLE;
  const pixels = useCallback(() => table, [table]);
  return (
    <figure class="legend" data-testid="legend">
      <PixelCanvas pixels={pixels} width={COLOUR_TABLE.length / 4} height={1} class="legend-scale" />
      <div class="legend-ticks" aria-hidden="true">
        {(isSigned ? [LOOK_TEXT.ticks.against, "0", LOOK_TEXT.ticks.for] : TICKS).map((tick) => (
          <span key={tick}>{tick}</span>
        ))}
      </div>
      <figcaption class="fine">{LOOK_TEXT.legend[scale]}</figcaption>
    </figure>
  );
}
