import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { AppState, DataState, TeacherState } from "../../state/model";
import { chanceLevel, effectiveTeacherStart, isBusy } from "../../state/select";
import { TEACHER } from "../../text/page";
import { SETS } from "../../text/sets";
import { useActions, useSelect } from "../app-context";
import { FailureNotice } from "../common/notice";
import { PlanLine } from "../common/plan-line";
import { RunAnnouncer, RunPanel } from "../common/run-panel";
import { Section } from "../common/section";
import { SettingField } from "../common/setting-field";
import { Tabs } from "../common/tabs";
import { WeightPicker } from "../common/weight-picker";
import { RecipeFields } from "../distil/recipe-fields";
import { TrainingCharts } from "../results-later";
import { ReadingNotes } from "./reading-notes";
import { TeacherCard } from "./teacher-card";
import { TeacherStart } from "./teacher-start";

type Way = "shipped" | "file" | "train";

const selectTeacher = (state: AppState): TeacherState => state.teacher;
const selectData = (state: AppState): DataState => state.data;
const selectTuning = (state: AppState): boolean => effectiveTeacherStart(state) === "given";
const selectLocked = (state: AppState): boolean => isBusy(state) || state.data.phase !== "ready";

/** Section 2: the network that knows. */
export function TeacherSection(): JSX.Element {
  const teacher = useSelect(selectTeacher);
  const data = useSelect(selectData);
  const isLocked = useSelect(selectLocked);
  const chance = useSelect(chanceLevel);
  const isTuning = useSelect(selectTuning);
  const actions = useActions();
  const [asked, setAsked] = useState<Way>("shipped");
  const hasShipped = data.phase !== "ready" || data.report.hasShippedNetworks;
  const dataSet = data.phase === "ready" ? data.report.dataSet : undefined;
  const way = asked === "shipped" && !hasShipped ? "file" : asked;
  const log =
    teacher.phase === "training" || teacher.phase === "ready" || teacher.phase === "failed" ? getLog(teacher) : null;
  return (
    <Section name="teacher">
      <Tabs
        name="teacher-way"
        label={TEACHER.way}
        chosen={way}
        disabled={isLocked}
        options={[
          { value: "shipped", label: TEACHER.shipped, disabled: !hasShipped, title: TEACHER.knows },
          { value: "file", label: TEACHER.file },
          { value: "train", label: TEACHER.train },
        ]}
        onChoose={setAsked}
      />
      {way === "shipped" && (
        <p class="actions">
          <button
            type="button"
            class="button"
            data-testid="use-shipped-teacher"
            disabled={isLocked}
            onClick={() => void actions.useShippedTeacher()}
          >
            {TEACHER.use}
          </button>
          <span class="fine">{dataSet ? SETS.teacher[dataSet] : TEACHER.ofScenes}</span>
        </p>
      )}
      {way !== "shipped" && (
        <div class="fields">
          <SettingField name="normalisation" disabled={isLocked} />
          <SettingField name="normalisation-numbers" disabled={isLocked} />
        </div>
      )}
      {way === "file" && (
        <WeightPicker
          testId="teacher-file"
          label={TEACHER.pick}
          disabled={isLocked}
          onPick={(file) => void actions.loadTeacher(file)}
        />
      )}
      {way === "train" && (
        <>
          <RecipeFields of="teacher" disabled={isLocked} />
          <TeacherStart disabled={isLocked} />
          <p class="actions">
            <button
              type="button"
              class="button"
              data-testid="train-teacher"
              disabled={isLocked}
              onClick={() => void actions.trainTeacher()}
            >
              {isTuning ? TEACHER.tuneNow : TEACHER.trainNow}
            </button>
          </p>
          <PlanLine of="teacher" />
        </>
      )}
      {teacher.phase === "loading" && <p class="waiting">{TEACHER.loading}</p>}
      {teacher.phase === "training" && (
        <>
          <RunPanel log={teacher.log} pace={teacher.pace} testId="teacher-run" />
          <RunAnnouncer log={teacher.log} pace={teacher.pace} />
        </>
      )}
      {log && <TrainingCharts log={log} teacher={null} chance={chance} testId="teacher" />}
      {teacher.phase === "failed" && <FailureNotice failure={teacher.failure} testId="teacher-failure" />}
      {teacher.phase === "ready" && <TeacherCard card={teacher.card} source={teacher.source} />}
      {teacher.phase === "ready" && teacher.card.reading && (
        <ReadingNotes reading={teacher.card.reading} disabled={isLocked} />
      )}
    </Section>
  );
}

function getLog(teacher: Extract<TeacherState, { log: unknown }>): Extract<TeacherState, { log: unknown }>["log"] {
  return teacher.log;
}
