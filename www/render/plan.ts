import type { DeviceReport, RunPlan } from "../protocol/contract";
import { count, duration, mebibytes, multiplyAdds } from "./format";
import { tell } from "../text/i18n";
import { PLAN } from "../text/plan";

/** What a run would take, in a sentence; its time only where a pace was measured. */
export function planText({ step, steps, seconds }: RunPlan, { kind }: DeviceReport): string {
  const values = { sums: multiplyAdds(step.multiplyAdds).text, memory: mebibytes(step.bytes).text };
  if (seconds === null) return tell("plan.step", values);
  const device = kind === "webgpu" ? PLAN.onWebgpu : PLAN.onCpu;
  return tell("plan.stepAndTime", { ...values, steps: count(steps).text, time: duration(seconds).text, device });
}
