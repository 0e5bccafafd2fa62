import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { ExplainedImage } from "../../protocol/contract";
import type { ExplanationData } from "../../protocol/messages";
import { type ConfusionCell, isInCell } from "../../state/confusion";
import type { Settings } from "../../state/settings";
import { tell } from "../../text/i18n";
import { batchText, LOOK_TEXT } from "../../text/maps";
import { useGradually } from "../common/gradually";
import { Figure } from "../common/figure";
import { Folded } from "../common/folded";
import { Notice } from "../common/notice";
import { SettingField } from "../common/setting-field";
import { useNarrow } from "../common/use-narrow";
import { ConfusionPanel } from "../confusion/confusion-panel";
import { HeldCard, type HeldProperties } from "./held-card";
import { ImageDialog } from "./image-dialog";
import { InsideSummary } from "./inside-summary";
import { MoreTools, Toolbar } from "./toolbar";

/** Cards added at a time, so that a large reference batch never stalls the page. */
const PAGE = 12;

/** Reference pictures below which maps hardly say anything: the distances between so few leave next to nothing to explain. */
const FEW = 8;

/** Cards drawn a frame: each has a canvas for every map, and the browser has to put them all in layers. */
const CARDS_AT_ONCE = 1;

/** A card, and what it was drawn from: never a closure of the gallery's, which would hold its former trees. */
interface DrawnCard {
  of: readonly unknown[];
  card: HeldProperties;
}

/** The cards of the reference batch, the tools above them, and the dialog for one of them. */
export function Gallery({
  shown,
  isStale,
  settings,
  classNames,
  hasMasks,
  layers,
}: {
  shown: ExplanationData | null;
  /** what is shown belongs to settings that have changed since */
  isStale: boolean;
  settings: Settings;
  classNames: string[];
  hasMasks: boolean;
  layers: string[];
}): JSX.Element {
  const [chosenClass, setChosenClass] = useState(-1);
  const [cell, setCell] = useState<ConfusionCell | null>(null);
  const [limit, setLimit] = useState(PAGE);
  const [opened, setOpened] = useState<number | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const isNarrow = useNarrow();
  const { opacity, outline, maps, scale, difference } = settings.view;
  const isShared = scale === "shared";
  useEffect(() => {
    root.current?.style.setProperty("--map-opacity", String(opacity));
  }, [opacity]);
  const images = shown?.report.images ?? [];
  const isChosen = (image: ExplainedImage): boolean =>
    (chosenClass < 0 || image.label === chosenClass) && (cell === null || isInCell(image, cell));
  const positions = images.flatMap((image, i) => (isChosen(image) ? [i] : []));
  const wanted = Math.min(limit, positions.length);
  const of = [shown, maps, outline, isShared, difference, classNames, chosenClass, cell];
  const drawn = useGradually(wanted, of, CARDS_AT_ONCE);
  const cards = useRef(new Map<number, DrawnCard>());
  /** The card as it is to be, once its turn has come; until then as it was. */
  const cardAt = (position: number, turn: number): JSX.Element | null => {
    const former = cards.current.get(position);
    const isCurrent = former?.of.every((part, i) => part === of[i]) ?? false;
    const [image, picture] = [images[position], shown?.pictures[position]];
    if (turn < drawn && !isCurrent && shown && image && picture) {
      const source = { data: shown, position, picture };
      const card = { source, image, maps, outline, isShared, hasDifference: difference, classNames, onOpen: setOpened };
      cards.current.set(position, { of, card });
    }
    const held = cards.current.get(position);
    return held ? <HeldCard key={position} {...held.card} /> : null;
  };
  useEffect(() => {
    if (drawn < wanted) return;
    // Former maps are shown until their card's turn comes, and no longer.
    for (const [position, { card }] of cards.current) if (card.source.data !== shown) cards.current.delete(position);
  }, [drawn, wanted, shown]);
  const step = (by: -1 | 1): void => {
    const at = positions.indexOf(opened ?? -1);
    setOpened(positions[(at + by + positions.length) % positions.length] ?? null);
  };
  const toolbar = <Toolbar settings={settings} layers={layers} />;
  const more = (
    <MoreTools
      settings={settings}
      hasMasks={hasMasks}
      classNames={classNames}
      chosenClass={chosenClass}
      onClass={setChosenClass}
    />
  );
  return (
    <div class="gallery" ref={root}>
      {!isNarrow && toolbar}
      <Folded summary={isNarrow ? LOOK_TEXT.tools : LOOK_TEXT.moreTools} testId="tools">
        {() => (
          <div class="toolbar">
            {isNarrow && toolbar}
            {more}
          </div>
        )}
      </Folded>
      {shown && (
        <>
          {shown.report.n < FEW && <Notice testId="few-pictures">{tell("maps.few", { n: shown.report.n })}</Notice>}
          <InsideSummary report={shown.report} maps={maps} />
          <Figure name="maps" title={LOOK_TEXT.cards}>
            <div
              class={isStale ? "cards is-stale" : "cards"}
              data-testid="cards"
              data-layer={shown.report.layer}
              data-stale={isStale || drawn < wanted}
            >
              {positions.slice(0, wanted).map(cardAt)}
            </div>
          </Figure>
          {positions.length > limit && (
            <p class="actions">
              <button
                type="button"
                class="button"
                data-testid="more-cards"
                onClick={() => {
                  setLimit(limit + PAGE);
                }}
              >
                {tell("maps.more", { count: Math.min(PAGE, positions.length - limit), total: positions.length })}
              </button>
            </p>
          )}
          <ConfusionPanel classNames={classNames} cell={cell} shown={positions.length} onCell={setCell} />
          <Reference shown={shown} />
          {opened !== null && (
            <ImageDialog
              data={shown}
              position={opened}
              outline={outline}
              isShared={isShared}
              classNames={classNames}
              onStep={step}
              onClose={() => {
                setOpened(null);
              }}
            />
          )}
        </>
      )}
    </div>
  );
}

/** Which batch the maps belong to, and how to choose another. */
function Reference({ shown }: { shown: ExplanationData }): JSX.Element {
  const { n, referenceHash } = shown.report;
  return (
    <div class="reference">
      <p class="fine" data-testid="reference" data-hash={referenceHash} data-n={n}>
        {batchText(n, referenceHash)}
      </p>
      <Folded summary={LOOK_TEXT.reference}>
        {() => (
          <div class="fields">
            <SettingField name="reference" />
            <SettingField name="reference-seed" />
          </div>
        )}
      </Folded>
    </div>
  );
}
