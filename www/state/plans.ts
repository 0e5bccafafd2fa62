import type { RunPlan } from "../protocol/contract";
import type { AppState } from "./model";
import { effectiveStart, effectiveTeacherStart, isBusy } from "./select";

/** What can be planned: a Teacher's training, or a distillation. */
export type Planned = "teacher" | "distillation";

/** A plan with what it was made for. */
export interface ToldPlan {
  key: string;
  plan: RunPlan;
}

/** The last plan of each. */
export type Plans = Record<Planned, ToldPlan | null>;

/** A longer run on the CPU is worth a warning, seconds. */
export const LONG = 30 * 60;

/** All that a plan rests on, as a text; "" while none can be made. */
export function planKey(state: AppState, of: Planned): string {
  const { engine, data, settings, teacher, run } = state;
  if (engine.phase !== "ready" || data.phase !== "ready" || !settings || isBusy(state)) return "";
  if (of === "distillation" && teacher.phase !== "ready") return "";
  const config =
    of === "teacher"
      ? [settings.teacher, effectiveTeacherStart(state)]
      : [settings.distillation, effectiveStart(state), teacher.phase === "ready" && teacher.card];
  const { size, trainCounts } = data.report;
  const { device } = engine;
  // The pace is known anew after every run.
  return JSON.stringify([config, size, trainCounts, device.kind, device.trial, teacher.phase, run.phase]);
}

/** Whether a plan is one that a CPU takes too long for. */
export function isLong({ engine }: AppState, { seconds }: RunPlan): boolean {
  return engine.phase === "ready" && engine.device.kind === "cpu" && (seconds ?? 0) > LONG;
}
