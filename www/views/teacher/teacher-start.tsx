import type { JSX } from "preact";

import { count } from "../../render/format";
import type { AppState, TeacherStartState } from "../../state/model";
import { tell, texts } from "../../text/i18n";
import { useActions, useSelect, useSettings } from "../app-context";
import { FailureNotice } from "../common/notice";
import { Tabs } from "../common/tabs";
import { WeightPicker } from "../common/weight-picker";

const START = texts("page.teacher.start");

const selectStart = (state: AppState): TeacherStartState => state.teacherStart;

/** What a Teacher's training begins with: random weights, or a checkpoint that is trained further. */
export function TeacherStart({ disabled }: { disabled: boolean }): JSX.Element | null {
  const start = useSelect(selectStart);
  const settings = useSettings();
  const actions = useActions();
  if (!settings) return null;
  const chosen = settings.teacher.start ?? "random";
  return (
    <div class="start-choice">
      <Tabs
        name="teacher-start"
        label={START.label}
        chosen={chosen}
        disabled={disabled}
        options={[
          { value: "random", label: START.random },
          { value: "given", label: START.given },
        ]}
        onChoose={(value) => {
          actions.set("teacher-start", value);
        }}
      />
      {chosen === "given" && (
        <>
          <p class="fine" data-testid="teacher-start-text">
            {startText(start)}
          </p>
          <WeightPicker
            testId="teacher-start-file"
            label={START.pick}
            disabled={disabled}
            onPick={(file) => void actions.loadTeacherStart(file)}
          />
        </>
      )}
      {start.phase === "failed" && <FailureNotice failure={start.failure} testId="teacher-start-failure" />}
    </div>
  );
}

function startText(start: TeacherStartState): string {
  if (start.phase === "loading") return tell("page.distil.start.reading", { name: start.name });
  if (start.phase !== "ready") return START.none;
  const { name, parameters, classes } = start.card;
  return tell("page.teacher.start.file", {
    file: start.name,
    network: name,
    parameters: count(parameters).text,
    classes,
  });
}
