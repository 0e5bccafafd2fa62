import type { RunPlan } from "../protocol/contract";
import { type Planned, planKey } from "../state/plans";
import { effectiveStart, effectiveTeacherStart } from "../state/select";
import { attempt, type Context, currentSettings } from "./context";

/** What a run would take. */
export interface PlanActions {
  /** Asks what the run would take that the settings stand for. */
  plan(of: Planned): Promise<boolean>;
}

/** Makes the planning actions. */
export function planActions(context: Context): PlanActions {
  const { store } = context;

  function ask(of: Planned): Promise<RunPlan> {
    const { teacher, distillation } = currentSettings(context);
    const state = store.get();
    const job = context.newJob();
    if (of === "teacher") {
      const config = { ...teacher, start: effectiveTeacherStart(state) };
      return context.call((api) => api.planTeacher(job, config));
    }
    return context.call((api) => api.planDistillation(job, { ...distillation, start: effectiveStart(state) }));
  }

  return {
    plan: (of) => {
      const key = planKey(store.get(), of);
      return attempt(
        async () => {
          store.dispatch({ kind: "plan/told", of, told: { key, plan: await ask(of) } });
        },
        // What is wrong with the settings is told when the run is asked for.
        () => {
          store.dispatch({ kind: "plan/told", of, told: null });
        },
      );
    },
  };
}
