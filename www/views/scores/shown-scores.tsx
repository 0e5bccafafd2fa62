import type { JSX } from "preact";

import type { ScoreReport } from "../../protocol/contract";
import { failure } from "../../protocol/failure";
import { texts } from "../../text/i18n";
import { FailureNotice } from "../common/notice";
import { ScoreCharts } from "./score-charts";
import { ScoreSummary } from "./score-summary";
import { ScoreTable } from "./score-table";
import { ScoreWarnings } from "./score-warnings";

const SUMMARY = texts("summary");

/** Scores from three answers down to every number, with what to know before reading them and the layers that have none. */
export function ShownScores({ report }: { report: ScoreReport }): JSX.Element {
  return (
    <>
      <ScoreSummary report={report} />
      <ScoreCharts report={report} />
      <details class="advanced" data-testid="all-scores">
        <summary>{SUMMARY.details}</summary>
        <ScoreTable report={report} />
      </details>
      <ScoreWarnings report={report} />
      {report.layers.map(
        (layer) =>
          "error" in layer && (
            <FailureNotice
              key={layer.error.layer}
              testId={`score-failure-${layer.error.layer}`}
              failure={failure(layer.error.code, `${layer.error.layer}: ${layer.error.message}`)}
            />
          ),
      )}
    </>
  );
}
