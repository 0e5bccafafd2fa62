import type { JSX } from "preact";

import { count } from "../../render/format";
import type { AppState, StartState } from "../../state/model";
import { useActions, useSelect, useSettings } from "../app-context";
import { FailureNotice } from "../common/notice";
import { Tabs } from "../common/tabs";
import { WeightPicker } from "../common/weight-picker";

const selectStart = (state: AppState): StartState => state.start;

/** What Student and Base start from: random weights, or given ones that are then fine-tuned. */
export function StartChoice({ disabled }: { disabled: boolean }): JSX.Element | null {
  const start = useSelect(selectStart);
  const settings = useSettings();
  const actions = useActions();
  if (!settings) return null;
  const chosen = settings.distillation.start;
  return (
    <div class="start-choice">
      <Tabs
        name="start"
        label="What Student and Base start from"
        chosen={chosen}
        disabled={disabled}
        options={[
          { value: "random", label: "Start from random weights" },
          { value: "given", label: "Start from given weights" },
        ]}
        onChoose={(value) => {
          actions.set("start", value);
        }}
      />
      {chosen === "given" && (
        <>
          <p class="fine" data-testid="start-text">
            {startText(start)}
          </p>
          <WeightPicker
            testId="start-file"
            label="Choose other weights"
            disabled={disabled}
            onPick={(file) => void actions.loadStart(file)}
          />
        </>
      )}
      {start.phase === "failed" && <FailureNotice failure={start.failure} testId="start-failure" />}
    </div>
  );
}

function startText(start: StartState): string {
  if (start.phase === "loading") return `Reading ${start.name} …`;
  if (start.phase !== "ready") return "There are none yet, so the run would start from random weights.";
  if (start.source.kind !== "file") return "Student and Base both start from the weights shipped with the Teacher.";
  const size = start.card?.parameters ? `, ${count(start.card.parameters).text} parameters` : "";
  return `Student and Base both start from ${start.source.name} (${start.card?.name ?? "network"}${size}).`;
}
