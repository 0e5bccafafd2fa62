import type { JSX } from "preact";
import { useCallback, useMemo } from "preact/hooks";

import type { TimelinePoint } from "../../protocol/contract";
import { percent } from "../../render/format";
import { isEmptyMap } from "../../render/map-scale";
import { paintMap } from "../../render/paint";
import { WATCHED_MAPS, type WatchedMap, watchedMap } from "../../render/timeline";
import type { WatchedLog } from "../../state/model";
import { tell } from "../../text/i18n";
import { placeText } from "../../text/place";
import { WATCH } from "../../text/watch";
import { NumberText } from "../common/number-text";
import { PixelCanvas } from "../common/picture-canvas";
import { OutlineLayer, PictureLayer } from "../look/layers";

const TONES = { distilled: "student", residual: "base" } as const;

/** The watched pictures at one point: as they are, and under the maps of what only the Student and only the Base has. */
export function WatchedMaps({
  watched,
  point,
  classNames,
}: {
  watched: WatchedLog;
  point: TimelinePoint;
  classNames: string[];
}): JSX.Element {
  const { timeline, pictures } = watched;
  const nameOf = (label: number): string => classNames[label] ?? String(label);
  return (
    <div class="watch-rows" data-testid="watch-maps" data-step={point.step}>
      <div class="watch-row">
        <div class="watch-who">
          <strong>{WATCH.picture}</strong>
          <span class="glance-note">{WATCH.pictureNote}</span>
        </div>
        {pictures.map((picture, i) => {
          const [answer, label] = [point.pictures[i], timeline.pictures[i]?.label ?? 0];
          return (
            <div key={i}>
              <div class="tile-frame">
                <PictureLayer picture={picture} label={nameOf(label)} />
              </div>
              {answer && (
                <p class="watch-answers">
                  <span class="visually-hidden">{answersText(answer, label, nameOf)}</span>
                  <Answer tone="student" name={nameOf(answer.student)} isRight={answer.student === label} />
                  <Answer tone="base" name={nameOf(answer.base)} isRight={answer.base === label} />
                </p>
              )}
            </div>
          );
        })}
      </div>
      {WATCHED_MAPS.map((kind) => (
        <div class={`watch-row tone-${TONES[kind]}`} key={kind}>
          <div class="watch-who">
            <strong class="glance-network">{WATCH.rows[kind].name}</strong>
            <span class="glance-note">{WATCH.rows[kind].note}</span>
            <InsideShare share={kind === "distilled" ? point.distilledInside : point.residualInside} kind={kind} />
          </div>
          {pictures.map((_, i) => (
            <WatchedTile key={i} watched={watched} point={point} at={i} kind={kind} nameOf={nameOf} />
          ))}
        </div>
      ))}
    </div>
  );
}

function answersText(
  { student, base }: TimelinePoint["pictures"][number],
  label: number,
  nameOf: (label: number) => string,
): string {
  const mark = (answer: number): string => (answer === label ? WATCH.right : WATCH.wrong);
  const told = { student: nameOf(student), studentMark: mark(student), base: nameOf(base), baseMark: mark(base) };
  return tell("watch.answers", told);
}

/** A network's answer, with a mark that does not rest on colour. */
function Answer({ tone, name, isRight }: { tone: string; name: string; isRight: boolean }): JSX.Element {
  return (
    <span class={`watch-answer tone-${tone}`} aria-hidden="true" title={name}>
      {isRight ? "✓" : "✗"} {name}
    </span>
  );
}

function InsideShare({ share, kind }: { share: number | null; kind: WatchedMap }): JSX.Element | null {
  if (share === null) return null;
  return (
    <span class="glance-shows">
      <NumberText value={share} format={percent} testId={`watch-inside-${kind}`} /> {tell("watch.onObject")}
    </span>
  );
}

function WatchedTile({
  watched: { timeline, pictures },
  point,
  at,
  kind,
  nameOf,
}: {
  watched: WatchedLog;
  point: TimelinePoint;
  at: number;
  kind: WatchedMap;
  nameOf: (label: number) => string;
}): JSX.Element | null {
  const { width, height } = timeline.rawSize;
  const values = useMemo(() => watchedMap(timeline, point, at, kind), [timeline, point, at, kind]);
  const pixels = useCallback(() => paintMap(values, width, height), [values, width, height]);
  const [picture, strength] = [pictures[at], point.pictures[at]?.[kind]];
  if (!picture || !strength) return null;
  const isEmpty = isEmptyMap(strength);
  const told = {
    kind: WATCH.rows[kind].name,
    className: nameOf(picture.label),
    step: point.step,
    place: placeText(strength),
  };
  return (
    <div class="tile-frame" data-empty={isEmpty}>
      <PictureLayer picture={picture} isGrey />
      {isEmpty ? (
        <div class="tile-empty">{WATCH.nothing}</div>
      ) : (
        <PixelCanvas
          pixels={pixels}
          width={width}
          height={height}
          class="tile-map"
          label={tell("watch.map", told)}
          testId={`watch-${kind}`}
        />
      )}
      {!isEmpty && <OutlineLayer picture={picture} />}
    </div>
  );
}
