import type { JSX } from "preact";

import type { AppState } from "../../state/model";
import { CHECKS } from "../../text/checks";
import { useSelect } from "../app-context";
import { Section } from "../common/section";
import { MapChecks } from "../results-later";
import { DrillPanel } from "./drill-panel";

const selectCanCheck = (state: AppState): boolean => state.run.phase === "finished";

/** Section 6: whether the maps can be believed. */
export function ChecksSection(): JSX.Element {
  const canCheck = useSelect(selectCanCheck);
  return (
    <Section name="checks">
      {canCheck ? <MapChecks /> : <p class="waiting">{CHECKS.waiting}</p>}
      <DrillPanel />
    </Section>
  );
}
