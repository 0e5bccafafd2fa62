import type { JSX } from "preact";

import type { LabState } from "../../state/lab";
import type { AppState } from "../../state/model";
import { texts } from "../../text/i18n";
import { useSelect } from "../app-context";
import { Section } from "../common/section";
import { RunCurves, RunTable, SeriesTable, SideBySide } from "../results-later";

const LAB = texts("lab");

const selectLab = (state: AppState): LabState => state.lab;

/** Section 7: the runs made so far, beside each other. */
export function LabSection(): JSX.Element {
  const { runs, series, compared } = useSelect(selectLab);
  return (
    <Section name="lab" isWide>
      {runs.length === 0 ? (
        <p class="waiting">{LAB.waiting}</p>
      ) : (
        <>
          <RunTable runs={runs} compared={compared} />
          {series.map((one) => (
            <SeriesTable key={one.id} series={one} runs={runs} />
          ))}
          <RunCurves runs={runs} />
          <SideBySide runs={compared.flatMap((id) => runs.find((run) => run.id === id) ?? [])} />
        </>
      )}
    </Section>
  );
}
