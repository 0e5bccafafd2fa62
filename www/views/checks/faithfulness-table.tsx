import type { JSX } from "preact";

import type { FaithfulnessReport, MapFaithfulness } from "../../protocol/contract";
import { percent, score } from "../../render/format";
import { layerText } from "../../text/fields";
import { CHECKS } from "../../text/checks";
import { METHODS } from "../../text/fields";
import { listed, tell } from "../../text/i18n";
import { MAPS } from "../../text/maps";
import { NumberText } from "../common/number-text";

const TEXT = CHECKS.faithfulness;

type Estimate = NonNullable<MapFaithfulness["outcome"]>["combined"];

/** Each kind of map with the gap between its two curves, the curves, and the change of confidence. */
export function FaithfulnessTable({ report }: { report: FaithfulnessReport }): JSX.Element {
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-label={TEXT.title}>
      <table class="table" data-testid="faithfulness">
        <caption>
          {tell("checks.faithfulness.caption", {
            layer: layerText(report.layer),
            n: report.n,
            shares: listed(report.shares.map((share) => percent(share).text)),
            keep: percent(report.keep).text,
          })}
        </caption>
        <thead>
          <tr>
            <th scope="col">{TEXT.map}</th>
            <th scope="col" class="cell-number">
              {TEXT.gap}
            </th>
            <th scope="col" class="cell-number">
              {TEXT.drop}
            </th>
            <th scope="col" class="cell-number">
              {TEXT.rise}
            </th>
            <th scope="col">{TEXT.most}</th>
            <th scope="col">{TEXT.least}</th>
          </tr>
        </thead>
        <tbody>
          {report.maps.map((map) => (
            <Row key={`${map.map} ${map.method ?? ""}`} map={map} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ map: { map, method, outcome, empty } }: { map: MapFaithfulness }): JSX.Element {
  const { name, formula, owner } = MAPS[map];
  return (
    <tr data-testid="faithfulness-row" data-kind={map} data-method={method ?? ""}>
      <th scope="row" class={`tone-${owner}`}>
        {name} <span class="formula">{method ? METHODS[method] : formula}</span>
        {empty > 0 && <span class="hint">{tell("checks.faithfulness.empty", { count: empty })}</span>}
      </th>
      {outcome ? (
        <>
          <td class="cell-number">
            <EstimateText estimate={outcome.combined} testId="faithfulness-gap" />
          </td>
          <td class="cell-number">
            <EstimateText estimate={outcome.averageDrop} />
          </td>
          <td class="cell-number">
            <EstimateText estimate={outcome.increase} />
          </td>
          <td class="number">{curveText(outcome.mostRelevantFirst)}</td>
          <td class="number">{curveText(outcome.leastRelevantFirst)}</td>
        </>
      ) : (
        <td colSpan={5}>{TEXT.allEmpty}</td>
      )}
    </tr>
  );
}

function EstimateText({ estimate, testId }: { estimate: Estimate; testId?: string }): JSX.Element {
  return (
    <>
      <NumberText value={estimate.mean} format={(v) => score(v, 2)} testId={testId} />
      <span class="evidence">± {score(estimate.standardError, 2).text}</span>
    </>
  );
}

function curveText(points: Estimate[]): string {
  return points.map(({ mean }) => score(mean, 2).text).join(" ");
}
