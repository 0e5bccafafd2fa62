import type { JSX } from "preact";

import type { NetworkReport } from "../../protocol/contract";
import { count, percent } from "../../render/format";
import type { WeightSource } from "../../state/model";
import { TEACHER } from "../../text/page";
import { NumberText } from "../common/number-text";

/** What is known of the Teacher, and how good it is. */
export function TeacherCard({ card, source }: { card: NetworkReport; source: WeightSource }): JSX.Element {
  return (
    <dl class="facts" data-testid="teacher-card">
      <div>
        <dt>{TEACHER.network}</dt>
        <dd data-testid="teacher-name">{card.name}</dd>
      </div>

      <div>
        <dt>{TEACHER.parameters}</dt>
        <dd>
          <NumberText value={card.parameters} format={count} testId="teacher-parameters" />
        </dd>
      </div>
      <div>
        <dt>{TEACHER.accuracy}</dt>
        <dd>
          <NumberText value={card.accuracy} format={(v) => percent(v, 1)} testId="teacher-accuracy" />
        </dd>
      </div>
      <div>
        <dt>{TEACHER.weights}</dt>
        <dd>{sourceText(source)}</dd>
      </div>
    </dl>
  );
}

/** Where weights come from, in words. */
export function sourceText(source: WeightSource): string {
  if (source.kind === "file") return source.name;
  return source.kind === "shipped" ? TEACHER.shippedSource : TEACHER.trainedSource;
}
