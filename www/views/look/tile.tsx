import type { JSX } from "preact";
import { useCallback, useMemo } from "preact/hooks";

import type { MapKind, MapStrength, Picture } from "../../protocol/contract";
import type { ExplanationData } from "../../protocol/messages";
import { magnitude, percent } from "../../render/format";
import { isEmptyMap } from "../../render/map-scale";
import { mapAt, paintMap, paintSigned } from "../../render/paint";
import { signedMapAt } from "../../render/signed";
import { tell } from "../../text/i18n";
import { LOOK_TEXT, MAPS } from "../../text/maps";
import { placeText } from "../../text/place";
import { NumberText } from "../common/number-text";
import { PixelCanvas } from "../common/picture-canvas";
import { OutlineLayer, PictureLayer } from "./layers";

/** A picture of the reference batch: its position there, and all that was computed for the batch. */
export interface TileSource {
  data: ExplanationData;
  /** position in the reference batch */
  position: number;
  picture: Picture;
}

/** The picture alone, with sharp pixels. */
export function PictureTile({
  picture,
  outline,
  label,
}: {
  picture: Picture;
  outline: boolean;
  label: string;
}): JSX.Element {
  return (
    <div class="tile">
      <div class="tile-frame">
        <PictureLayer picture={picture} label={label} />
        {outline && <OutlineLayer picture={picture} />}
      </div>
      <div class="tile-name">{LOOK_TEXT.input}</div>
    </div>
  );
}

/** A map over its picture, with its strength; an empty map says so instead of showing noise. */
export function MapTile({
  source,
  kind,
  outline,
  isShared,
}: {
  source: TileSource;
  kind: MapKind;
  outline: boolean;
  /** the colours end at the strongest map of the same method over the picture */
  isShared: boolean;
}): JSX.Element | null {
  const { data, position, picture } = source;
  const { report } = data;
  const map = report.maps.indexOf(kind);
  const strength = report.images[position]?.strengths[map];
  const values = useMemo(() => {
    const { width, height, maps } = report;
    const block = isShared ? data.shared : data.scaled;
    return mapAt(block, { image: position, map, maps: maps.length, width, height });
  }, [data, position, map, report, isShared]);
  const signed = useMemo(
    () => signedMapAt(data.signed, report, position, kind, isShared),
    [data, report, position, kind, isShared],
  );
  const pixels = useCallback(() => {
    if (signed) return paintSigned(signed.values, signed.width, signed.height, signed.end);
    return paintMap(values, report.width, report.height);
  }, [values, signed, report]);
  if (map < 0 || !strength) return null;
  const { name, formula, text, owner } = MAPS[kind];
  const place = placeText(strength);
  return (
    <div
      class={`tile tone-${owner}`}
      data-testid="map"
      data-kind={kind}
      data-empty={isEmptyMap(strength)}
      data-peak={strength.max}
    >
      <div class="tile-frame">
        <PictureLayer picture={picture} isGrey />
        {isEmptyMap(strength, Boolean(signed)) ? (
          <div class="tile-empty" title={LOOK_TEXT.emptyHint}>
            {LOOK_TEXT.empty}
          </div>
        ) : (
          <PixelCanvas
            pixels={pixels}
            width={signed?.width ?? report.width}
            height={signed?.height ?? report.height}
            class="tile-map"
            label={tell("maps.mapLabel", { name, place })}
            testId={`pixels-${kind}`}
          />
        )}
        {outline && <OutlineLayer picture={picture} />}
      </div>
      <div class="tile-name" title={text}>
        {name} <span class="formula">{formula}</span>
      </div>
      <Strength strength={strength} />
    </div>
  );
}

function Strength({ strength }: { strength: MapStrength }): JSX.Element {
  if (isEmptyMap(strength)) return <div class="tile-strength">{LOOK_TEXT.peak} 0</div>;
  return (
    <div class="tile-strength">
      <span>
        {LOOK_TEXT.peak} <NumberText value={strength.max} format={magnitude} testId="peak" />
      </span>
      {strength.insideMask !== null && (
        <span title={LOOK_TEXT.insideHint}>
          <NumberText value={strength.insideMask} format={percent} testId="inside" /> {LOOK_TEXT.inside}
        </span>
      )}
    </div>
  );
}
