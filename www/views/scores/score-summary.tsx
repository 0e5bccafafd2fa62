import type { JSX } from "preact";

import type { Comparison, LayerScores, ScoreReport } from "../../protocol/contract";
import { score } from "../../render/format";
import { layerText } from "../../text/fields";
import { listed, tell, texts } from "../../text/i18n";
import { WORDS } from "../../text/page";
import { NumberText } from "../common/number-text";

const SUMMARY = texts("summary");

/** What the scores come to at the deepest layer: three answers, to be read in five seconds. */
export function ScoreSummary({ report }: { report: ScoreReport }): JSX.Element | null {
  const deepest = report.layers.at(-1);
  if (!deepest || !("ok" in deepest)) return null;
  const scores = deepest.ok;
  const { evidence } = scores;
  return (
    <div class="summary" data-testid="score-summary" data-layer={scores.layer}>
      <h3>{tell("summary.title", { layer: layerText(scores.layer) })}</h3>
      <div class="summary-cards">
        <Answer
          title={SUMMARY.taken}
          values={[
            ["student", listed([WORDS.student, "FSS"]), scores.fssStudent.corrected],
            ["base", listed([WORDS.base, "FSS"]), scores.fssBase.corrected],
          ]}
          text={tell(`summary.taken${word(evidence.fssStudentOverBase)}`)}
        />
        <Answer
          title={SUMMARY.helps}
          values={[
            ["student", "S | B, RS", scores.rsDistilled.semiPartial],
            ["base", "B | S, RS", scores.rsResidual.semiPartial],
          ]}
          text={tell(`summary.helps${word(evidence.rsDistilledOverResidual)}`)}
        />
        <Answer title={SUMMARY.follows} values={relevances(scores)} text={SUMMARY.followsText} />
      </div>
    </div>
  );
}

type Value = [tone: "teacher" | "student" | "base", name: string, value: number];

function relevances({ rsTeacher, rsStudent, rsBase }: LayerScores): Value[] {
  return [
    ["teacher", listed([WORDS.teacher, "RS"]), rsTeacher],
    ["student", listed([WORDS.student, "RS"]), rsStudent],
    ["base", listed([WORDS.base, "RS"]), rsBase],
  ];
}

function word({ verdict }: Comparison): "Higher" | "Lower" | "Withheld" {
  return verdict === "higher" ? "Higher" : verdict === "lower" ? "Lower" : "Withheld";
}

function Answer({ title, values, text }: { title: string; values: Value[]; text: string }): JSX.Element {
  return (
    <div class="summary-card">
      <h4>{title}</h4>
      <dl class="facts">
        {values.map(([tone, name, value]) => (
          <div class={`tone-${tone}`} key={name}>
            <dt>{name}</dt>
            <dd>
              <NumberText value={value} format={(v) => score(v, 2)} />
            </dd>
          </div>
        ))}
      </dl>
      <p>{text}</p>
    </div>
  );
}
