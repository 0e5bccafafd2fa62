import type { JSX } from "preact";

import type { SanityCheck, SanityReport } from "../../protocol/contract";
import { score } from "../../render/format";
import { layerText } from "../../text/fields";
import { CHECKS, sanityText } from "../../text/checks";
import { tell } from "../../text/i18n";
import { NumberText } from "../common/number-text";

/** Every sanity check with its number, what it is compared with, and whether it is passed. */
export function SanityTable({ report }: { report: SanityReport }): JSX.Element {
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-label={CHECKS.sanity.title}>
      <table class="table table-outcomes" data-testid="sanity">
        <caption>{tell("checks.sanity.caption", { layer: layerText(report.layer), n: report.n })}</caption>
        <thead>
          <tr>
            <th scope="col">{CHECKS.sanity.check}</th>
            <th scope="col" class="cell-number">
              {CHECKS.sanity.found}
            </th>
            <th scope="col" class="cell-number">
              {CHECKS.sanity.needed}
            </th>
            <th scope="col">{CHECKS.sanity.outcome}</th>
          </tr>
        </thead>
        <tbody>
          {report.checks.map((check) => (
            <tr key={check.name} data-testid={`sanity-${check.name}`} data-passed={String(check.passed)}>
              <th scope="row">{sanityText(check.name)}</th>
              <td class="cell-number">
                <NumberText value={check.statistic} format={score} testId={`sanity-value-${check.name}`} />
              </td>
              <td class="cell-number">
                {check.side === "atMost" ? "≤ " : "> "}
                {score(check.threshold, 2).text}
              </td>
              <td>
                <Outcome passed={check.passed} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Outcome({ passed }: { passed: SanityCheck["passed"] }): JSX.Element {
  if (passed === null) return <span class="mark">{CHECKS.none}</span>;
  return passed ? (
    <span class="mark mark-right">✓ {CHECKS.passed}</span>
  ) : (
    <span class="mark mark-wrong">✗ {CHECKS.failed}</span>
  );
}
