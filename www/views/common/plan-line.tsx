import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { planText } from "../../render/plan";
import type { AppState } from "../../state/model";
import { isLong, planKey, type Planned, type ToldPlan } from "../../state/plans";
import { tell } from "../../text/i18n";
import { PLAN } from "../../text/plan";
import { useActions, useSelect } from "../app-context";
import { FailureText } from "./failure-text";
import { Notice } from "./notice";

/** Time without another change after which a plan is made anew, milliseconds. */
const SETTLE_TIME = 250;

const SELECT_KEY = {
  teacher: (state: AppState): string => planKey(state, "teacher"),
  distillation: (state: AppState): string => planKey(state, "distillation"),
};
const SELECT_PLAN = {
  teacher: ({ plans }: AppState): ToldPlan | null => plans.teacher,
  distillation: ({ plans }: AppState): ToldPlan | null => plans.distillation,
};
const SELECT_LONG = {
  teacher: (state: AppState): boolean => state.plans.teacher !== null && isLong(state, state.plans.teacher.plan),
  distillation: (state: AppState): boolean =>
    state.plans.distillation !== null && isLong(state, state.plans.distillation.plan),
};
const selectEngine = ({ engine }: AppState): AppState["engine"] => engine;

/** What the run that the settings stand for would take, before it starts; nothing while another one is under way. */
export function PlanLine({ of }: { of: Planned }): JSX.Element | null {
  const actions = useActions();
  const key = useSelect(SELECT_KEY[of]);
  const told = useSelect(SELECT_PLAN[of]);
  const isTooLong = useSelect(SELECT_LONG[of]);
  const engine = useSelect(selectEngine);
  useEffect(() => {
    if (key === "") return undefined;
    const timer = setTimeout(() => void actions.plan(of), SETTLE_TIME);
    return () => {
      clearTimeout(timer);
    };
  }, [actions, key, of]);
  if (key === "" || !told || engine.phase !== "ready") return null;
  const { plan } = told;
  return (
    <div
      class="plan"
      data-testid={`plan-${of}`}
      data-settled={told.key === key}
      data-multiply-adds={plan.step.multiplyAdds}
      data-bytes={plan.step.bytes}
      data-memory={plan.step.memory}
      data-seconds={plan.seconds ?? ""}
    >
      <p class="fine">{planText(plan, engine.device)}</p>
      {!plan.refusal && plan.step.memory === "scarce" && <p class="fine">{PLAN.scarce}</p>}
      {plan.refusal && (
        <Notice testId={`plan-refusal-${of}`}>
          <p>
            <FailureText {...plan.refusal} />
          </p>
          {plan.parts && (
            <p class="actions">
              <button
                type="button"
                class="button"
                data-testid={`plan-parts-${of}`}
                onClick={() => {
                  actions.set(of === "teacher" ? "teacher-accumulation" : "accumulation", String(plan.parts));
                }}
              >
                {tell("plan.inParts", { parts: plan.parts })}
              </button>
            </p>
          )}
        </Notice>
      )}
      {!plan.refusal && isTooLong && (
        <Notice testId={`plan-long-${of}`}>
          <p>{PLAN.long}</p>
          <p class="actions">
            <button
              type="button"
              class="button"
              data-testid={`plan-small-${of}`}
              onClick={() => {
                actions.applyPreset("photographsSmall");
              }}
            >
              {PLAN.small}
            </button>
          </p>
        </Notice>
      )}
    </div>
  );
}
