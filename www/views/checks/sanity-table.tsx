import type { JSX } from "preact";

import type { SanityCheck, SanityReport } from "../../protocol/contract";
import { score } from "../../render/format";
import { CHECKS, SANITY_CHECKS } from "../../text/checks";
import { NumberText } from "../common/number-text";

/** Every sanity check with its number, what it is compared with, and whether it is passed. */
export function SanityTable({ report }: { report: SanityReport }): JSX.Element {
  return (
    <div class="table-scroll">
      <table class="table" data-testid="sanity">
        <caption>
          {report.layer}, n = {report.n} reference pictures
        </caption>
        <thead>
          <tr>
            <th scope="col">Check</th>
            <th scope="col" class="cell-number">
              Found
            </th>
            <th scope="col" class="cell-number">
              Needed
            </th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {report.checks.map((check) => (
            <tr key={check.name} data-testid={`sanity-${check.name}`} data-passed={String(check.passed)}>
              <th scope="row">{SANITY_CHECKS[check.name]}</th>
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
