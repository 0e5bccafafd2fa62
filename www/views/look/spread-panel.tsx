import type { JSX } from "preact";
import { useCallback, useState } from "preact/hooks";

import type { ExplanationReport, MapKind, Picture, Place } from "../../protocol/contract";
import type { SpreadData } from "../../protocol/messages";
import { score } from "../../render/format";
import { paintMap } from "../../render/paint";
import type { AppState, ResultState } from "../../state/model";
import { listed, tell } from "../../text/i18n";
import { MAPS } from "../../text/maps";
import { placeText } from "../../text/place";
import { SPREAD, spreadText } from "../../text/spread";
import { useActions, useSelect } from "../app-context";
import { Figure } from "../common/figure";
import { JobProgressLine } from "../common/job-progress";
import { FailureNotice } from "../common/notice";
import { NumberText } from "../common/number-text";
import { PixelCanvas } from "../common/picture-canvas";
import { OutlineLayer, PictureLayer } from "./layers";

/** Maps that depend on their batch. */
const KINDS = ["distilled", "residual", "studentGivenTeacher", "teacherGivenStudent"] as const satisfies MapKind[];

/** Reference batches that can be drawn. */
const BATCHES = [4, 8, 16, 32];

const selectSpread = (state: AppState): ResultState<SpreadData> => state.spread;

/** How much of a picture's map is owed to the other pictures of its reference batch. */
export function SpreadPanel({
  report,
  index,
  picture,
  outline,
}: {
  report: ExplanationReport;
  /** of the picture among the test pictures */
  index: number;
  picture: Picture;
  outline: boolean;
}): JSX.Element {
  const spread = useSelect(selectSpread);
  const actions = useActions();
  const [kind, setKind] = useState<MapKind>("distilled");
  const [batches, setBatches] = useState(8);
  const found = spread.phase === "ready" ? spread.value : null;
  // The last one asked for may be of another picture, map or layer, or made under settings that have changed since.
  const isOfThis =
    found !== null &&
    found.report.image === index &&
    found.report.map === kind &&
    found.report.layer === report.layer &&
    found.report.objective === report.objective;
  return (
    <section class="spread" data-testid="spread" aria-labelledby="spread-title">
      <h3 id="spread-title">{SPREAD.title}</h3>
      <p class="fine">{SPREAD.lead}</p>
      <p class="actions">
        <label class="field-inline" for="spread-map">
          <span class="toolbar-label">{SPREAD.map}</span>
          <select
            id="spread-map"
            data-testid="spread-map"
            value={kind}
            onChange={(event) => {
              setKind(KINDS.find((candidate) => candidate === event.currentTarget.value) ?? "distilled");
            }}
          >
            {KINDS.map((name) => (
              <option key={name} value={name}>
                {listed([MAPS[name].name, MAPS[name].formula])}
              </option>
            ))}
          </select>
        </label>
        <label class="field-inline" for="spread-batches">
          <span class="toolbar-label">{SPREAD.batches}</span>
          <select
            id="spread-batches"
            data-testid="spread-batches"
            value={String(batches)}
            onChange={(event) => {
              setBatches(Number(event.currentTarget.value));
            }}
          >
            {BATCHES.map((count) => (
              <option key={count} value={String(count)}>
                {count}
              </option>
            ))}
          </select>
        </label>
        <button
          type="button"
          class="button"
          data-testid="run-spread"
          disabled={spread.phase === "computing"}
          onClick={() => void actions.explainSpread(index, kind, batches)}
        >
          {SPREAD.run}
        </button>
      </p>
      {spread.phase === "computing" && (
        <JobProgressLine
          text={SPREAD.running}
          progress={spread.progress}
          testId="spread-progress"
          onCancel={actions.cancelSpread}
        />
      )}
      {spread.phase === "failed" && <FailureNotice failure={spread.failure} testId="spread-failure" />}
      {isOfThis && <SpreadResult found={found} picture={picture} outline={outline} />}
    </section>
  );
}

function SpreadResult({
  found: { report, mean, deviation },
  picture,
  outline,
}: {
  found: SpreadData;
  picture: Picture;
  outline: boolean;
}): JSX.Element {
  const { width, height, rankStability, correlation, referenceHashes, empty, meanDeviation, n } = report;
  const batches = referenceHashes.length;
  return (
    <div class="spread-result" data-testid="spread-result" data-batches={batches} data-empty={empty}>
      <Figure name="spread" title={SPREAD.title}>
        <div class="tiles">
          <SpreadTile kind="mean" values={mean} place={report.meanPlace} {...{ width, height, picture, outline }} />
          <SpreadTile
            kind="deviation"
            values={deviation}
            place={report.deviationPlace}
            {...{ width, height, picture, outline }}
          />
        </div>
      </Figure>
      <div>
        <p data-testid="spread-text">{spreadText({ rankStability, batches, empty })}</p>
        <dl class="facts">
          <div>
            <dt>{SPREAD.rank}</dt>
            <dd>
              <NumberText value={rankStability} format={(v) => score(v, 2)} testId="spread-rank" />
            </dd>
          </div>
          <div>
            <dt>{SPREAD.correlation}</dt>
            <dd>
              <NumberText value={correlation} format={(v) => score(v, 2)} testId="spread-correlation" />
            </dd>
          </div>
          <div>
            <dt>{SPREAD.meanDeviation}</dt>
            <dd>
              <NumberText value={meanDeviation} format={(v) => score(v, 2)} testId="spread-deviation" />
            </dd>
          </div>
        </dl>
        <p class="fine">{tell("maps.spread.of", { batches, n })}</p>
      </div>
    </div>
  );
}

function SpreadTile({
  kind,
  values,
  place,
  width,
  height,
  picture,
  outline,
}: {
  kind: "mean" | "deviation";
  values: Float32Array;
  place: Place | null;
  width: number;
  height: number;
  picture: Picture;
  outline: boolean;
}): JSX.Element {
  const pixels = useCallback(() => paintMap(values, width, height), [values, width, height]);
  const { name, text } = SPREAD[kind];
  return (
    <div class="tile">
      <div class="tile-frame">
        <PictureLayer picture={picture} isGrey />
        <PixelCanvas
          pixels={pixels}
          width={width}
          height={height}
          class="tile-map"
          label={`${name}: ${placeText({ place, insideMask: null })}`}
          testId={`pixels-spread-${kind}`}
        />
        {outline && <OutlineLayer picture={picture} />}
      </div>
      <div class="tile-name">{name}</div>
      <div class="hint">{text}</div>
    </div>
  );
}
