import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { ExplanationData } from "../../protocol/messages";
import { listed, tell, texts } from "../../text/i18n";
import { MAPS } from "../../text/maps";
import { placeText } from "../../text/place";
import { Folded } from "../common/folded";

const READING = texts("compare.reading");

/** Rows and columns of a map that is read. */
const SIDE = 8;

/** A map as a table of numbers, for readers who go through it cell by cell. */
export function MapReading({ data, position }: { data: ExplanationData; position: number }): JSX.Element {
  return (
    <Folded summary={READING.title} testId="reading">
      {() => <ReadTable data={data} position={position} />}
    </Folded>
  );
}

function ReadTable({ data, position }: { data: ExplanationData; position: number }): JSX.Element | null {
  const { report, cells } = data;
  const [kind, setKind] = useState<(typeof report.maps)[number]>("distilled");
  const map = report.maps.indexOf(kind);
  const strength = report.images[position]?.strengths[map];
  if (!strength) return null;
  const start = (position * report.maps.length + map) * SIDE * SIDE;
  const rows = Array.from({ length: SIDE }, (_, row) =>
    [...cells.subarray(start + row * SIDE, start + (row + 1) * SIDE)].map((share) => Math.round(100 * share)),
  );
  return (
    <div class="reading">
      <p class="fine">{READING.lead}</p>
      <label class="field-inline" for="reading-map">
        <span class="toolbar-label">{READING.map}</span>
        <select
          id="reading-map"
          data-testid="reading-map"
          value={kind}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setKind(report.maps.find((candidate) => candidate === value) ?? kind);
          }}
        >
          {report.maps.map((name) => (
            <option key={name} value={name}>
              {listed([MAPS[name].name, MAPS[name].formula])}
            </option>
          ))}
        </select>
      </label>
      <div class="table-scroll" tabIndex={0} role="group" aria-label={READING.title}>
        <table class="table table-cells" data-testid="reading-table">
          <caption>{tell("compare.reading.caption", { map: MAPS[kind].name, place: placeText(strength) })}</caption>
          <thead>
            <tr>
              <td />
              {rows.map((_, column) => (
                <th scope="col" key={column}>
                  {tell("compare.reading.column", { column: column + 1 })}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <tr key={i}>
                <th scope="row">{tell("compare.reading.row", { row: i + 1 })}</th>
                {row.map((cell, column) => (
                  <td key={column}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
