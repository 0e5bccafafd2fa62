import type { JSX } from "preact";
import { useCallback, useMemo } from "preact/hooks";

import type { ExplanationData } from "../../protocol/messages";
import { percent } from "../../render/format";
import { exampleGlance, type Glance, GLANCE_MAPS, type GlanceColumn, glanceOf } from "../../render/glance";
import { paintMap } from "../../render/paint";
import type { AppState, DataState, ResultState, RunState } from "../../state/model";
import { testCount } from "../../state/select";
import {
  GLANCE_LOOKS,
  GLANCE_ROWS,
  GLANCE_TEXT,
  glanceCaption,
  type Glanced,
  picturesNote,
  whoText,
} from "../../text/glance";
import { tell } from "../../text/i18n";
import { placeText } from "../../text/place";
import { shownClasses } from "../../text/sets";
import { useSelect } from "../app-context";
import { NumberText } from "../common/number-text";
import { PixelCanvas } from "../common/picture-canvas";
import { OutlineLayer, PictureLayer } from "../look/layers";

const selectRun = (state: AppState): RunState => state.run;
const selectData = (state: AppState): DataState => state.data;
const selectMaps = (state: AppState): ResultState<ExplanationData> => state.maps;

/** The first picture of the page: who the three networks are and what their maps show, of a run made before, then of one's own. */
export function GlanceFigure(): JSX.Element {
  const run = useSelect(selectRun);
  const data = useSelect(selectData);
  const maps = useSelect(selectMaps);
  const tests = useSelect(testCount);
  const glance = useMemo((): Glance => {
    const shown = maps.phase === "ready" ? maps.value : "previous" in maps ? maps.previous : null;
    if (run.phase !== "finished" || !shown || data.phase !== "ready") return exampleGlance();
    const { teacher, student, base } = run.result;
    return glanceOf({ teacher, student, base }, tests, shown, shownClasses(data));
  }, [run, maps, data, tests]);
  const { teacher, student, base } = glance.accuracy;
  const glanced: Glanced = {
    isExample: glance.isExample,
    isOwnRun: "log" in run && run.log !== null,
    pictures: "source" in data ? data.source : "scenes",
  };
  const accuracies = { gradCamTeacher: teacher, distilled: student, residual: base };
  return (
    <figure class="glance" data-testid="glance" data-example={glance.isExample} aria-label={GLANCE_TEXT.label}>
      <div class="glance-row">
        <div class="glance-who">
          <strong>{GLANCE_TEXT.picture}</strong>
          <span class="glance-note">{picturesNote(glanced)}</span>
        </div>
        {glance.columns.map((column, i) => (
          <div class="tile-frame" key={i}>
            <PictureLayer picture={column.picture} label={column.className} />
          </div>
        ))}
      </div>
      {GLANCE_MAPS.map((kind) => {
        const { network, shows } = GLANCE_ROWS[kind];
        const { tone, formula } = GLANCE_LOOKS[kind];
        return (
          <div class={`glance-row tone-${tone}`} key={kind}>
            <div class="glance-who">
              <strong class="glance-network">
                {network} <NumberText value={accuracies[kind]} format={percent} />
              </strong>
              <span class="glance-note">{whoText(kind, glanced)}</span>
              <span class="glance-shows">
                {shows} <span class="formula">{formula}</span>
              </span>
            </div>
            {glance.columns.map((column, i) => (
              <GlanceTile key={i} glance={glance} column={column} kind={kind} />
            ))}
          </div>
        );
      })}
      <figcaption class="hint">{glanceCaption(glanced, glance.tests, glance.layer)}</figcaption>
    </figure>
  );
}

function GlanceTile({
  glance: { width, height },
  column: { picture, maps, className },
  kind,
}: {
  glance: Glance;
  column: GlanceColumn;
  kind: (typeof GLANCE_MAPS)[number];
}): JSX.Element {
  const values = maps[kind];
  const scaled = values?.scaled;
  const pixels = useCallback(
    () => (scaled ? paintMap(scaled, width, height) : new Uint8ClampedArray(width * height * 4)),
    [scaled, width, height],
  );
  return (
    <div class="tile-frame">
      <PictureLayer picture={picture} isGrey />
      {values ? (
        <PixelCanvas
          pixels={pixels}
          width={width}
          height={height}
          class="tile-map"
          label={tell("glance.map", {
            network: GLANCE_ROWS[kind].network,
            className,
            place: placeText({ place: values.place, insideMask: null }),
          })}
          testId={`glance-${kind}`}
        />
      ) : (
        <div class="tile-empty">{GLANCE_TEXT.empty}</div>
      )}
      {values && <OutlineLayer picture={picture} />}
    </div>
  );
}
