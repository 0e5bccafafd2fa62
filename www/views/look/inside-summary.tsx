import type { JSX } from "preact";
import { useMemo } from "preact/hooks";

import type { ExplanationReport, MapKind } from "../../protocol/contract";
import { percent } from "../../render/format";
import { insideShares } from "../../render/inside";
import { LOOK_TEXT, MAPS } from "../../text/maps";
import { NumberText } from "../common/number-text";

/** How much of each kind of map lies on the object, over the whole batch, beside how much of the pictures is object. */
export function InsideSummary({ report, maps }: { report: ExplanationReport; maps: MapKind[] }): JSX.Element | null {
  const found = useMemo(() => insideShares(report), [report]);
  if (!found) return null;
  return (
    <div class="inside-summary">
      <h3>{LOOK_TEXT.insideTitle(report.n)}</h3>
      <dl class="facts" title={LOOK_TEXT.insideHint}>
        <div class="tone-faint">
          <dt>the object's share of the area</dt>
          <dd>
            <NumberText value={found.object} format={percent} testId="mean-object" />
          </dd>
        </div>
        {found.shares
          .filter(({ kind }) => maps.includes(kind))
          .map(({ kind, inside, maps: n }) => (
            <div key={kind} class={`tone-${MAPS[kind].owner}`}>
              <dt>
                {MAPS[kind].name} <span class="formula">{MAPS[kind].formula}</span>
                {n < report.n && ` (${String(n)} not empty)`}
              </dt>
              <dd>
                <NumberText value={inside} format={percent} testId={`mean-inside-${kind}`} />
              </dd>
            </div>
          ))}
      </dl>
    </div>
  );
}
