import type { JSX } from "preact";

import type { ScoreReport } from "../../protocol/contract";
import { layerText } from "../../text/fields";
import { listed } from "../../text/i18n";
import { WARNINGS, warningText } from "../../text/scores";
import { Notice } from "../common/notice";

/** What to know before reading the scores, each warning once with its layers. */
export function ScoreWarnings({ report }: { report: ScoreReport }): JSX.Element | null {
  const scored = report.layers.flatMap((layer) => ("ok" in layer ? [layer.ok] : []));
  const told = WARNINGS.flatMap((warning) => {
    const layers = scored.filter(({ warnings }) => warnings.includes(warning)).map(({ layer }) => layer);
    return layers.length > 0 ? [{ warning, text: warningText(warning, listed(layers.map(layerText))) }] : [];
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
