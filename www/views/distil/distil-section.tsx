import type { JSX } from "preact";

import type { AppState, RunState, TeacherState } from "../../state/model";
import { canDistil, canShowShipped, chanceLevel, isBusy } from "../../state/select";
import { tell } from "../../text/i18n";
import { DISTIL, HEAD } from "../../text/page";
import { useActions, useSelect } from "../app-context";
import { FailureNotice, Notice } from "../common/notice";
import { PlanLine } from "../common/plan-line";
import { RunAnnouncer, RunPanel } from "../common/run-panel";
import { Section } from "../common/section";
import { PresetChoice } from "../lab/preset-choice";
import { Seeds } from "../lab/seeds";
import { ResultText, TrainingCharts } from "../results-later";
import { RecipeFields } from "./recipe-fields";
import { RecipeText } from "./recipe-text";
import { StartChoice } from "./start-choice";

const selectRun = (state: AppState): RunState => state.run;
const selectTeacher = (state: AppState): TeacherState => state.teacher;

/** Section 3: the Student and its Base learn side by side. */
export function DistilSection(): JSX.Element {
  const run = useSelect(selectRun);
  const teacher = useSelect(selectTeacher);
  const canStart = useSelect(canDistil);
  const isLocked = useSelect(isBusy);
  const canShow = useSelect(canShowShipped);
  const chance = useSelect(chanceLevel);
  const actions = useActions();
  return (
    <Section name="distil">
      <details class="recipe" open={run.phase === "idle"} data-testid="recipe">
        <summary>
          {DISTIL.recipe} <RecipeText />
        </summary>
        <div class="recipe-body">
          <PresetChoice disabled={isLocked} />
          <RecipeFields of="student" disabled={isLocked} />
          <StartChoice disabled={isLocked} />
        </div>
      </details>
      <p class="actions">
        <button
          type="button"
          class="button button-primary"
          data-testid="distil"
          disabled={!canStart}
          onClick={() => void actions.distil()}
        >
          {run.phase === "idle" ? DISTIL.run : DISTIL.again}
        </button>
        {canShow && (
          <button
            type="button"
            class="button"
            data-testid="show-shipped"
            onClick={() => void actions.showFinished(() => undefined)}
          >
            {HEAD.show}
          </button>
        )}
        <Seeds disabled={!canStart} />
        {teacher.phase === "none" && <span class="fine">{DISTIL.needsTeacher}</span>}
      </p>
      <PlanLine of="distillation" />
      {run.phase === "loading" && <p class="waiting">{DISTIL.loading}</p>}
      {run.phase === "running" && (
        <>
          <RunPanel log={run.log} pace={run.pace} testId="run" />
          <RunAnnouncer log={run.log} pace={run.pace} />
        </>
      )}
      {run.phase === "failed" && <FailureNotice failure={run.failure} testId="run-failure" />}
      {run.phase === "cancelled" && (
        <Notice testId="run-cancelled">
          <p>{tell("page.distil.cancelled", { step: run.log.step })}</p>
        </Notice>
      )}
      {run.phase === "finished" && <ResultText result={run.result} isShipped={run.log === null} />}
      {"log" in run && run.log && (
        <TrainingCharts
          log={run.log}
          teacher={teacher.phase === "ready" ? teacher.card.accuracy : null}
          chance={chance}
          testId="run"
        />
      )}
    </Section>
  );
}
