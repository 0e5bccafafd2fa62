import type { JSX } from "preact";

import { percent, score } from "../../render/format";
import { type KeptRun, type Series, SERIES_FIGURES } from "../../state/lab";
import { tell } from "../../text/i18n";
import { LAB } from "../../text/lab";
import { NumberText } from "../common/number-text";

const SHARES = ["student", "base", "gain"];

/** One recipe under several seeds: mean and spread of each figure. */
export function SeriesTable({ series, runs }: { series: Series; runs: KeptRun[] }): JSX.Element {
  const { id, total, isRunning, summaries } = series;
  const done = runs.filter((run) => run.series === id).length;
  const words = LAB.series;
  return (
    <div class="series" data-testid="series" data-done={done} data-running={isRunning}>
      <h3>{tell("lab.series.title", { id, done, total })}</h3>
      {isRunning && <progress max={total} value={done} aria-label={tell("lab.series.title", { id, done, total })} />}
      {summaries && (
        <div class="table-scroll" tabIndex={0} role="group" aria-label={words.caption}>
          <table class="table" data-testid="series-table">
            <caption>{words.caption}</caption>
            <thead>
              <tr>
                <th scope="col">{words.figure}</th>
                <th scope="col" class="cell-number">
                  {words.mean}
                </th>
                <th scope="col" class="cell-number">
                  {words.deviation}
                </th>
                <th scope="col" class="cell-number">
                  {words.range}
                </th>
              </tr>
            </thead>
            <tbody>
              {SERIES_FIGURES.map((name) => {
                const summary = summaries[name];
                const format = SHARES.includes(name)
                  ? (v: number | null | undefined) => percent(v, 1)
                  : (v: number | null | undefined) => score(v, 2);
                return (
                  <tr key={name}>
                    <th scope="row">{words.figures[name]}</th>
                    <td class="cell-number">
                      <NumberText value={summary?.mean} format={format} testId={`series-${name}`} />
                    </td>
                    <td class="cell-number">
                      <NumberText value={summary?.deviation} format={format} testId={`series-sd-${name}`} />
                    </td>
                    <td class="cell-number">
                      {format(summary?.min).text} … {format(summary?.max).text}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
