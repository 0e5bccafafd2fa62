import type { JSX } from "preact";

import type { ExplanationData } from "../../protocol/messages";
import type { AppState, DataState, ResultState, RunState } from "../../state/model";
import { layersOf } from "../../state/networks";
import { LOOK_TEXT } from "../../text/maps";
import { WORDS } from "../../text/page";
import { shownClasses } from "../../text/sets";
import { useActions, useSelect, useSettings } from "../app-context";
import { FailureNotice } from "../common/notice";
import { Section } from "../common/section";
import { Gallery } from "../results-later";

const selectMaps = (state: AppState): ResultState<ExplanationData> => state.maps;
const selectData = (state: AppState): DataState => state.data;
const selectRun = (state: AppState): RunState => state.run;

/** Section 4: maps over pictures. */
export function LookSection(): JSX.Element {
  const maps = useSelect(selectMaps);
  const data = useSelect(selectData);
  const run = useSelect(selectRun);
  const settings = useSettings();
  const actions = useActions();
  const shown = maps.phase === "ready" ? maps.value : "previous" in maps ? maps.previous : null;
  return (
    <Section name="look" isWide>
      {maps.phase === "none" && <p class="waiting">{LOOK_TEXT.waiting}</p>}
      {maps.phase === "failed" && (
        <FailureNotice failure={maps.failure} testId="maps-failure">
          <p class="actions">
            <button type="button" class="button" onClick={() => void actions.explain()}>
              {WORDS.tryAgain}
            </button>
          </p>
        </FailureNotice>
      )}
      <p class="waiting" aria-live="polite">
        {maps.phase === "computing" && LOOK_TEXT.computing}
      </p>
      {settings && data.phase === "ready" && maps.phase !== "none" && (
        <Gallery
          shown={shown}
          isStale={maps.phase !== "ready"}
          settings={settings}
          classNames={shownClasses(data)}
          hasMasks={data.report.hasMasks}
          layers={run.phase === "finished" ? layersOf(run.config.student) : []}
        />
      )}
    </Section>
  );
}
