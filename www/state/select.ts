import type { DeviceChoice, DeviceReport, DistillationConfig } from "../protocol/contract";
import type { AppState, RunLog, RunPace } from "./model";
import { layersOf } from "./networks";
import type { SectionName } from "./sections";

/** A training that runs, whichever network it trains. */
export interface ActiveTraining {
  job: number;
  pace: RunPace;
  log: RunLog;
}

/** The training that runs now, if any. */
export function activeTraining({ teacher, run }: AppState): ActiveTraining | null {
  if (run.phase === "running") return run;
  return teacher.phase === "training" ? teacher : null;
}

/** Whether something is trained, or a series is between two of its runs. */
export function isTraining(state: AppState): boolean {
  return activeTraining(state) !== null || state.lab.series.some(({ isRunning }) => isRunning);
}

/** Whether data and Teacher must be left alone because something is being made of them. */
export function isBusy(state: AppState): boolean {
  const isLoading =
    state.data.phase === "loading" || state.teacher.phase === "loading" || state.run.phase === "loading";
  return isLoading || isTraining(state) || state.hub.phase === "fetching" || state.keeping.isTakingUp;
}

/** Whether a distillation can be started. */
export function canDistil(state: AppState): boolean {
  const isReady = state.engine.phase === "ready" && state.data.phase === "ready" && state.teacher.phase === "ready";
  return isReady && !isBusy(state) && state.start.phase !== "loading";
}

/** Whether networks are shipped that know the classes of the data. */
export function hasShippedNetworks({ data }: AppState): boolean {
  return data.phase === "ready" && data.report.hasShippedNetworks === true;
}

/** Whether the data allow the shipped pair to be shown. */
export function canShowShipped(state: AppState): boolean {
  return state.engine.phase === "ready" && hasShippedNetworks(state) && !isBusy(state);
}

/** Whether a run was of pictures that are no scenes: one more is made of the same. */
export function hasRunOnPictures({ data, run }: AppState): boolean {
  return data.phase === "ready" && data.source !== "scenes" && (run.phase === "finished" || run.phase === "cancelled");
}

/** What the Student starts from: the weights that are wished for, or random ones where there are none. */
export function effectiveStart({ settings, start }: AppState): DistillationConfig["start"] {
  return settings?.distillation.start === "given" && start.phase === "ready" ? "given" : "random";
}

/** What a Teacher's training begins with: the checkpoint that is wished for, or random weights where there is none. */
export function effectiveTeacherStart({ settings, teacherStart }: AppState): DistillationConfig["start"] {
  return settings?.teacher.start === "given" && teacherStart.phase === "ready" ? "given" : "random";
}

/** The layer that maps are made of: the chosen one, or the Student's deepest where it has fewer. */
export function layerOnShow({ settings, run }: AppState): number {
  const chosen = settings?.view.layer ?? 1;
  return run.phase === "finished" ? Math.min(chosen, layersOf(run.config.student).length) : chosen;
}

/** Accuracy that guessing among the classes gives; null before there are classes. */
export function chanceLevel({ data }: AppState): number | null {
  return data.phase === "ready" ? 1 / data.report.classNames.length : null;
}

/** How many test pictures accuracies are measured on. */
export function testCount({ data }: AppState): number {
  return data.phase === "ready" ? data.report.testCounts.reduce((sum, count) => sum + count, 0) : 0;
}

/** Whether an offered device is another one than there is: also the chosen one, where that had to be given up. */
export function isOtherDevice(offered: DeviceChoice, chosen: DeviceChoice, kind: DeviceReport["kind"]): boolean {
  return offered !== chosen || (offered !== "auto" && offered !== kind);
}

/** How far a step of the page's flow has come. */
export type StepStatus = "todo" | "working" | "done" | "failed";

/** The five steps of the flow, each with how far it has come. */
export function stepStatuses(state: AppState): Record<SectionName, StepStatus> {
  const checks = [state.faithfulness.phase, state.sanity.phase].map(status);
  const worst = (["working", "failed", "todo"] as const).find((candidate) => checks.includes(candidate));
  return {
    checks: worst ?? "done",
    data: status(state.data.phase),
    teacher: status(state.teacher.phase),
    distil: status(state.run.phase),
    look: status(state.maps.phase),
    scores: status(state.scores.phase),
    lab: state.lab.runs.length > 0 ? "done" : "todo",
  };
}

function status(phase: string): StepStatus {
  if (phase === "failed") return "failed";
  if (phase === "ready" || phase === "finished") return "done";
  return ["loading", "training", "running", "computing"].includes(phase) ? "working" : "todo";
}
