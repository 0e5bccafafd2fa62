import type { JSX } from "preact";

import type { Comparison, Evidence, ScoreReport } from "../../protocol/contract";
import { probability, score } from "../../render/format";
import { SCORE_ROWS, type ScoreRow } from "../../render/score-rows";
import { layerText } from "../../text/fields";
import { SCORES, tableCaption, VERDICT_MARKS } from "../../text/scores";
import { useGradually } from "../common/gradually";
import { NumberText } from "../common/number-text";

const GROUPS: readonly ScoreRow["group"][] = ["FSS", "RS", "difference"];

/** All scores, one column a layer. A layer without scores has dashes, and its reason stands below the table. */
export function ScoreTable({ report }: { report: ScoreReport }): JSX.Element {
  const drawn = useGradually(SCORE_ROWS.length);
  const names = report.layers.map((layer) => ("ok" in layer ? layer.ok.layer : layer.error.layer));
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-label={SCORES.score}>
      <table
        class="table table-scores"
        data-testid="scores"
        data-n={report.n}
        data-hash={report.referenceHash}
        data-complete={drawn === SCORE_ROWS.length}
      >
        <caption>{tableCaption(report)}</caption>
        <thead>
          <tr>
            <th scope="col">{SCORES.score}</th>
            <th scope="col">{SCORES.convention}</th>
            {names.map((name) => (
              <th scope="col" class="cell-number" key={name}>
                {layerText(name)}
              </th>
            ))}
          </tr>
        </thead>
        {GROUPS.map((group) => (
          <Group
            key={group}
            title={SCORES.groups[group]}
            rows={SCORE_ROWS.slice(0, drawn).filter((row) => row.group === group)}
            report={report}
          />
        ))}
      </table>
    </div>
  );
}

function Group({ title, rows, report }: { title: string; rows: ScoreRow[]; report: ScoreReport }): JSX.Element {
  return (
    <tbody>
      <tr class="table-group">
        <th scope="rowgroup" colSpan={2 + report.layers.length}>
          {title}
        </th>
      </tr>
      {rows.map((row, i) => {
        const isRepeated = rows[i - 1]?.name() === row.name();
        return (
          <tr key={row.id} class={isRepeated ? "row-second" : ""}>
            <th scope="row" class={`tone-${row.tone}`}>
              {isRepeated ? <span class="visually-hidden">{row.name()}</span> : row.name()}
            </th>
            <td>{row.convention()}</td>
            {report.layers.map((layer, column) => (
              <td class="cell-number" key={column}>
                <NumberText
                  value={"ok" in layer ? row.value(layer.ok) : null}
                  format={score}
                  testId={`score-${row.id}-${"ok" in layer ? layer.ok.layer : layer.error.layer}`}
                />
                {"ok" in layer && <EvidenceText evidence={row.evidence(layer.ok)} />}
              </td>
            ))}
          </tr>
        );
      })}
    </tbody>
  );
}

/** How sure a score is: a mark for the verdict, the interval and the p-value. */
function EvidenceText({ evidence }: { evidence: Evidence | Comparison }): JSX.Element {
  const { verdict, interval, null: chance } = evidence;
  const pValue = chance?.pValue ?? ("tTest" in evidence ? evidence.tTest?.pValue : undefined);
  const [mark, text] = [VERDICT_MARKS[verdict], SCORES.verdicts[verdict]];
  return (
    <span class="evidence" data-testid="evidence" data-verdict={verdict}>
      <span class={`evidence-verdict evidence-${verdict}`} title={text}>
        <span aria-hidden="true">{mark}</span> <span class={mark ? "visually-hidden" : ""}>{text}</span>
      </span>
      {interval && (
        <span class="evidence-interval">
          <NumberText value={interval.lower} format={(v) => score(v, 2)} /> {SCORES.to}{" "}
          <NumberText value={interval.upper} format={(v) => score(v, 2)} />
        </span>
      )}
      {pValue !== undefined && (
        <span class="evidence-p">
          p <NumberText value={pValue} format={probability} testId="p-value" />
        </span>
      )}
    </span>
  );
}
