import type { JSX } from "preact";

import type { ExplainedImage, MapKind } from "../../protocol/contract";
import { percent } from "../../render/format";
import { tell } from "../../text/i18n";
import { LOOK_TEXT } from "../../text/maps";
import { useGradually } from "../common/gradually";
import { NumberText } from "../common/number-text";
import { DifferenceTile } from "./difference-tile";
import { Predictions } from "./predictions";
import { MapTile, PictureTile, type TileSource } from "./tile";

/** Maps drawn a frame; the usual card has no more, the enlarged one has all there are. */
const TILES_AT_ONCE = 3;

/** What a card is drawn from. */
export interface CardProperties {
  source: TileSource;
  image: ExplainedImage;
  maps: MapKind[];
  outline: boolean;
  isShared: boolean;
  /** show distilled less residual as well */
  hasDifference: boolean;
  classNames: string[];
}

/** One picture of the reference batch with its maps and what the networks say of it. */
export function ImageCard({
  source,
  image,
  maps,
  outline,
  isShared,
  hasDifference,
  classNames,
  onOpen,
}: CardProperties & { onOpen?: () => void }): JSX.Element {
  const drawn = useGradually(maps.length, [], TILES_AT_ONCE);
  const className = classNames[image.label] ?? tell("words.classOf", { label: image.label });
  return (
    <article class="card" data-testid="card" data-index={image.index} data-label={image.label}>
      <header class="card-head">
        <h3>{className}</h3>
        <span class="fine">
          {tell("maps.number", { index: image.index })}
          {image.maskShare !== null && (
            <>
              {` · ${LOOK_TEXT.covers} `}
              <NumberText value={image.maskShare} format={percent} testId="mask-share" />
            </>
          )}
        </span>
        {onOpen && (
          <button
            type="button"
            class="button button-small"
            data-testid="open-card"
            aria-label={tell("maps.enlargeOne", { name: className, index: image.index })}
            onClick={onOpen}
          >
            {LOOK_TEXT.enlarge}
          </button>
        )}
      </header>
      <div class="tiles">
        <PictureTile picture={source.picture} outline={outline} label={tell("maps.pictureOf", { name: className })} />
        {maps.slice(0, drawn).map((kind) => (
          <MapTile key={kind} source={source} kind={kind} outline={outline} isShared={isShared} />
        ))}
        {hasDifference && <DifferenceTile source={source} outline={outline} />}
      </div>
      <Predictions image={image} classNames={classNames} />
    </article>
  );
}
