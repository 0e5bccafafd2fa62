import type { JSX } from "preact";

import type { FaithfulnessReport, MapFaithfulness } from "../../protocol/contract";
import { percent, score } from "../../render/format";
import { METHODS } from "../../text/fields";
import { MAPS } from "../../text/maps";
import { NumberText } from "../common/number-text";

type Estimate = NonNullable<MapFaithfulness["outcome"]>["combined"];

/** Each kind of map with the gap between its two curves, the curves, and the change of confidence. */
export function FaithfulnessTable({ report }: { report: FaithfulnessReport }): JSX.Element {
  return (
    <div class="table-scroll">
      <table class="table" data-testid="faithfulness">
        <caption>
          {report.layer}, n = {report.n} reference pictures; the mean and its standard error. Confidence with{" "}
          {report.shares.map((share) => percent(share).text).join(", ")} of the pixels taken away; drop and rise with
          the top {percent(report.keep).text} kept.
        </caption>
        <thead>
          <tr>
            <th scope="col">Map</th>
            <th scope="col" class="cell-number">
              Gap
            </th>
            <th scope="col" class="cell-number">
              Drop
            </th>
            <th scope="col" class="cell-number">
              Rise
            </th>
            <th scope="col">Most relevant first</th>
            <th scope="col">Least relevant first</th>
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
        {empty > 0 && <span class="hint">{empty} empty, left out</span>}
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
        <td colSpan={5}>every map is empty</td>
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
