import type { JSX } from "preact";

import { count } from "../../render/format";
import type { AppState, TeacherStartState } from "../../state/model";
import { tell, texts } from "../../text/i18n";
import { useActions, useSelect, useSettings } from "../app-context";
import { StartTabs } from "../common/start-tabs";

const START = texts("page.teacher.start");

const selectStart = (state: AppState): TeacherStartState => state.teacherStart;

/** What a Teacher's training begins with: random weights, or a checkpoint that is trained further. */
export function TeacherStart({ disabled }: { disabled: boolean }): JSX.Element | null {
  const start = useSelect(selectStart);
  const settings = useSettings();
  const actions = useActions();
  if (!settings) return null;
  return (
    <StartTabs
      name="teacher-start"
      words={START}
      chosen={settings.teacher.start ?? "random"}
      disabled={disabled}
      failure={start.phase === "failed" ? start.failure : null}
      onChoose={(value) => {
        actions.set("teacher-start", value);
      }}
      onPick={(file) => void actions.loadTeacherStart(file)}
    >
      {startText(start)}
    </StartTabs>
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
