import type { JSX } from "preact";

import type { ExplanationReport, MapKind, MeanShare } from "../../protocol/contract";
import { percent } from "../../render/format";
import { residualClaim, residualInRun, residualSide } from "../../text/claim";
import { tell } from "../../text/i18n";
import { insideDifference, LOOK_TEXT, MAPS } from "../../text/maps";
import { NumberText } from "../common/number-text";

/** How much of each kind of map lies on the object, over the whole batch, beside how much of the pictures is object. */
export function InsideSummary({ report, maps }: { report: ExplanationReport; maps: MapKind[] }): JSX.Element | null {
  const { pointing, n } = report;
  if (!pointing) return null;
  const difference = pointing.distilledLessResidual;
  const isComparable = difference && maps.includes("distilled") && maps.includes("residual");
  const residual = maps.includes("residual") ? pointing.maps[report.maps.indexOf("residual")] : null;
  const area = pointing.object.mean;
  return (
    <div class="inside-summary">
      <h3>{tell("maps.insideTitle", { n })}</h3>
      <dl class="facts" title={LOOK_TEXT.insideHint}>
        <div class="tone-faint">
          <dt>{LOOK_TEXT.object}</dt>
          <dd>
            <NumberText value={pointing.object.mean} format={percent} testId="mean-object" />
          </dd>
        </div>
        {report.maps.map((kind, place) => {
          if (!maps.includes(kind)) return null;
          const share = pointing.maps[place] ?? null;
          return (
            <div key={kind} class={`tone-${MAPS[kind].owner}`}>
              <dt>
                {MAPS[kind].name} <span class="formula">{MAPS[kind].formula}</span>
                {share && share.n < n && ` ${tell("maps.notEmpty", { count: share.n })}`}
              </dt>
              <dd>
                <NumberText value={share?.mean} format={percent} testId={`mean-inside-${kind}`} />
                {share && <IntervalText share={share} />}
              </dd>
            </div>
          );
        })}
      </dl>
      {isComparable && (
        <p class="hint" data-testid="inside-difference" data-value={difference.mean}>
          {insideDifference(difference)}
        </p>
      )}
      {residual && (
        <p class="hint" data-testid="residual-claim" data-side={residualSide(residual, area)}>
          {residualClaim()} <strong>{residualInRun(residual, area, (share) => percent(share).text)}</strong>
        </p>
      )}
    </div>
  );
}

function IntervalText({ share: { lower, upper } }: { share: MeanShare }): JSX.Element {
  return (
    <span class="hint" title={LOOK_TEXT.intervalHint}>
      {" "}
      {percent(lower).text}–{percent(upper).text}
    </span>
  );
}
