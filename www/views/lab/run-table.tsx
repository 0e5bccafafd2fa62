import type { JSX } from "preact";

import type { Interval, LayerScores } from "../../protocol/contract";
import { percent, score } from "../../render/format";
import { differingSettings, figuresOf, type KeptRun } from "../../state/lab";
import { propertyOf } from "../../state/properties";
import { choiceText, fieldText } from "../../text/fields";
import { tell } from "../../text/i18n";
import { LAB, runName } from "../../text/lab";
import { useActions } from "../app-context";
import { NumberText } from "../common/number-text";

/** Runs in rows: their names, the settings in which they differ, and what came out. */
export function RunTable({ runs, compared }: { runs: KeptRun[]; compared: number[] }): JSX.Element {
  const differing = differingSettings(runs);
  const { columns } = LAB;
  return (
    <div>
      {/* Beside what scrolls, so that it is never cut off. */}
      <p class="fine" id="runs-caption">
        {LAB.caption}
      </p>
      <div class="table-scroll" tabIndex={0} role="group" aria-label={LAB.caption}>
        <table class="table table-runs" data-testid="runs" aria-labelledby="runs-caption">
          <thead>
            <tr>
              <th scope="col">{columns.run}</th>
              {differing.map((key) => (
                <th scope="col" key={key} data-testid={`differs-${key}`}>
                  {fieldText(key).label}
                </th>
              ))}
              <th scope="col" class="cell-number tone-student">
                {columns.student}
              </th>
              <th scope="col" class="cell-number tone-base">
                {columns.base}
              </th>
              <th scope="col" class="cell-number">
                {columns.gain}
              </th>
              <th scope="col" class="cell-number">
                {columns.fss}
              </th>
              <th scope="col" class="cell-number">
                {columns.distilled}
              </th>
              <th scope="col" class="cell-number">
                {columns.residual}
              </th>
              <th scope="col" class="cell-centre">
                {columns.compare}
              </th>
              <td />
            </tr>
          </thead>
          <tbody>
            {runs.map((run) => (
              <RunRow key={run.id} run={run} differing={differing} isCompared={compared.includes(run.id)} />
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function RunRow({
  run,
  differing,
  isCompared,
}: {
  run: KeptRun;
  differing: string[];
  isCompared: boolean;
}): JSX.Element {
  const actions = useActions();
  const name = runName(run);
  const { student, base, gain } = figuresOf(run);
  const deepest = run.scores?.layers.at(-1);
  const scores = deepest && "ok" in deepest ? deepest.ok : null;
  return (
    <tr data-testid="run-row" data-run={run.id}>
      <th scope="row">
        <input
          type="text"
          class="run-name"
          aria-label={tell("lab.name", { id: run.id })}
          data-testid={`name-${String(run.id)}`}
          value={run.name}
          placeholder={name}
          onChange={(event) => {
            actions.nameRun(run.id, event.currentTarget.value);
          }}
        />
      </th>
      {differing.map((key) => {
        const text = propertyOf(key).read(run.settings);
        return <td key={key}>{choiceText(text)}</td>;
      })}
      <td class="cell-number">
        <NumberText value={student} format={(v) => percent(v, 1)} testId={`run-student-${String(run.id)}`} />
      </td>
      <td class="cell-number">
        <NumberText value={base} format={(v) => percent(v, 1)} />
      </td>
      <td class="cell-number">
        <NumberText value={gain === undefined ? null : 100 * gain} format={(v) => score(v, 1)} />
      </td>
      <ScoreCell scores={scores} value={(s) => s.fssStudent.corrected} of={(s) => s.evidence.fssStudent.corrected} />
      <ScoreCell
        scores={scores}
        value={(s) => s.rsDistilled.semiPartial}
        of={(s) => s.evidence.rsDistilled.semiPartial}
      />
      <ScoreCell
        scores={scores}
        value={(s) => s.rsResidual.semiPartial}
        of={(s) => s.evidence.rsResidual.semiPartial}
      />
      <td class="cell-centre">
        <input
          type="checkbox"
          aria-label={tell("lab.compareRun", { name })}
          data-testid={`compare-run-${String(run.id)}`}
          checked={isCompared}
          onChange={(event) => {
            actions.compareRun(run.id, event.currentTarget.checked);
          }}
        />
      </td>
      <td class="run-actions">
        <button
          type="button"
          class="button button-small"
          aria-label={tell("lab.takeRun", { name })}
          data-testid={`take-${String(run.id)}`}
          onClick={() => {
            actions.takeSettingsOf(run.id);
          }}
        >
          {LAB.take}
        </button>{" "}
        <button
          type="button"
          class="button button-small"
          aria-label={tell("lab.deleteRun", { name })}
          data-testid={`delete-${String(run.id)}`}
          onClick={() => {
            actions.deleteRun(run.id);
          }}
        >
          {LAB.delete}
        </button>
      </td>
    </tr>
  );
}

function ScoreCell({
  scores,
  value,
  of,
}: {
  scores: LayerScores | null;
  value: (scores: LayerScores) => number;
  of: (scores: LayerScores) => { interval: Interval | null };
}): JSX.Element {
  const interval = scores ? of(scores).interval : null;
  return (
    <td class="cell-number">
      <NumberText value={scores ? value(scores) : null} format={(v) => score(v, 2)} />
      {interval && (
        <span class="hint">
          {score(interval.lower, 2).text} … {score(interval.upper, 2).text}
        </span>
      )}
    </td>
  );
}
