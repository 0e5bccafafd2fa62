import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import type { ExplanationData } from "../../protocol/messages";
import { magnitude, percent } from "../../render/format";
import { isEmptyMap } from "../../render/map-scale";
import { MAP_KINDS } from "../../state/settings";
import { layerText } from "../../text/fields";
import { tell, texts } from "../../text/i18n";
import { LOOK_TEXT, MAPS } from "../../text/maps";
import { Figure } from "../common/figure";
import { NumberText } from "../common/number-text";
import { ImageCard } from "./card";
import { stepOf } from "./dialog-keys";
import { LayersPanel } from "./layers-panel";
import { Legend } from "./legend";
import { MapReading } from "./map-reading";
import { SpreadPanel } from "./spread-panel";

const DIALOG = texts("maps.dialog");

/** One picture, large, with all its maps and their strengths. Arrow keys go to its neighbours. */
export function ImageDialog({
  data,
  position,
  outline,
  isShared,
  classNames,
  onStep,
  onClose,
}: {
  data: ExplanationData;
  position: number;
  outline: boolean;
  isShared: boolean;
  classNames: string[];
  onStep: (by: -1 | 1) => void;
  onClose: () => void;
}): JSX.Element | null {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const { report } = data;
  const image = report.images[position];
  const picture = data.pictures[position];
  if (!image || !picture) return null;
  // In the order of the cards.
  const maps = MAP_KINDS.filter((kind) => report.maps.includes(kind));
  return (
    <dialog
      ref={dialog}
      class="dialog"
      data-testid="dialog"
      aria-label={DIALOG.label}
      onClose={onClose}
      onKeyDown={(event) => {
        const by = event.target instanceof Element ? stepOf(event.key, event.target) : 0;
        if (by !== 0) onStep(by);
      }}
    >
      <div class="dialog-bar">
        <button
          type="button"
          class="button button-small"
          onClick={() => {
            onStep(-1);
          }}
        >
          ← {DIALOG.previous}
        </button>
        <button
          type="button"
          class="button button-small"
          onClick={() => {
            onStep(1);
          }}
        >
          {DIALOG.next} →
        </button>
        <button
          type="button"
          class="button button-small"
          data-testid="close-dialog"
          onClick={() => dialog.current?.close()}
        >
          {DIALOG.close}
        </button>
      </div>
      <Legend scale={isShared ? "shared" : "own"} isSigned={data.signed.length > 0} />
      <Figure name="picture-maps" title={DIALOG.label}>
        <ImageCard
          source={{ data, position, picture }}
          image={image}
          maps={maps}
          outline={outline}
          isShared={isShared}
          hasDifference
          classNames={classNames}
        />
      </Figure>
      <LayersPanel key={`layers ${String(image.index)}`} data={data} position={position} outline={outline} />
      <MapReading data={data} position={position} />
      <div class="table-scroll" tabIndex={0} role="group" aria-label={DIALOG.peak}>
        <table class="table table-strengths">
          <caption>{tell("maps.dialog.strengths", { layer: layerText(report.layer) })}</caption>
          <thead>
            <tr>
              <th scope="col">{DIALOG.map}</th>
              <th scope="col">{DIALOG.peak}</th>
              <th scope="col">{DIALOG.least}</th>
              <th scope="col">{DIALOG.sum}</th>
              <th scope="col">{LOOK_TEXT.inside}</th>
            </tr>
          </thead>
          <tbody>
            {maps.map((kind) => {
              const strength = image.strengths[report.maps.indexOf(kind)];
              return (
                <tr key={kind}>
                  <th scope="row">
                    {MAPS[kind].name} <span class="formula">{MAPS[kind].formula}</span>
                    <span class="hint">{MAPS[kind].text}</span>
                  </th>
                  <td>
                    <NumberText value={strength?.max} format={magnitude} />
                  </td>
                  <td>
                    <NumberText value={strength?.min} format={magnitude} />
                  </td>
                  <td>
                    <NumberText value={strength?.sum} format={magnitude} />
                  </td>
                  <td>
                    {strength && isEmptyMap(strength) ? (
                      LOOK_TEXT.empty
                    ) : (
                      <NumberText value={strength?.insideMask} format={percent} />
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <SpreadPanel key={image.index} report={report} index={image.index} picture={picture} outline={outline} />
    </dialog>
  );
}
