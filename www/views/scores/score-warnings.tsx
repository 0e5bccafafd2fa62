import type { JSX } from "preact";

import type { ScoreReport, ScoreWarning } from "../../protocol/contract";
import { EVIDENCE } from "../../text/scores";
import { Notice } from "../common/notice";

const WARNINGS = Object.keys(EVIDENCE.warnings) as ScoreWarning[];

/** What to know before reading the scores, each warning once with its layers. */
export function ScoreWarnings({ report }: { report: ScoreReport }): JSX.Element | null {
  const scored = report.layers.flatMap((layer) => ("ok" in layer ? [layer.ok] : []));
  const told = WARNINGS.flatMap((warning) => {
    const layers = scored.filter(({ warnings }) => warnings.includes(warning)).map(({ layer }) => layer);
    return layers.length > 0 ? [{ warning, text: EVIDENCE.warnings[warning](layers.join(", ")) }] : [];
  });
  if (told.length === 0) return null;
  return (
    <Notice testId="score-warnings">
      {told.map(({ warning, text }) => (
        <p key={warning}>{text}</p>
      ))}
    </Notice>
  );
}
