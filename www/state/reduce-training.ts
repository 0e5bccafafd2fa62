import type { RunEvent } from "../protocol/messages";
import { PAGE_CODES } from "../protocol/failure";
import type { AppEvent } from "./events";
import {
  emptyLog,
  type RunLog,
  type RunPace,
  type RunState,
  type StartState,
  type TeacherStartState,
  type TeacherState,
  type WatchedLog,
} from "./model";

/** The log of a run after one more event. */
export function extendLog(log: RunLog, event: RunEvent): RunLog {
  switch (event.kind) {
    case "link":
      // A run that goes on tells once more where it is.
      return event.number === log.link ? log : { ...emptyLog(log.steps), link: event.number };
    case "step":
      return { ...log, step: event.step, steps: event.steps, activity: "training" };
    case "report":
      return { ...log, step: event.step, steps: event.steps, activity: "training", reports: [...log.reports, event] };
    case "evaluating":
      return { ...log, step: event.step, steps: event.steps, activity: "evaluating" };
    case "evaluation":
      return { ...log, step: event.step, activity: "training", evaluations: [...log.evaluations, event] };
    case "finished":
      return { ...log, step: event.step, activity: "training" };
    case "watching":
    case "point":
    case "watched":
      return { ...log, watched: extendWatched(log.watched, event) };
    case "kept":
      return { ...log, step: event.step };
    case "wentOn":
      return rewind(log, event.interruption.resumedAt);
    case "paused":
    case "resumed":
      return log;
  }
}

/** A log without what was told of steps that are made again. */
function rewind(log: RunLog, step: number): RunLog {
  const isMade = (event: { step: number }): boolean => event.step <= step;
  const { reports, evaluations, watched } = log;
  return {
    ...log,
    step,
    activity: "training",
    reports: reports.filter(isMade),
    evaluations: evaluations.filter(isMade),
    watched: watched && { ...watched, points: watched.points.filter(isMade) },
  };
}

type WatchEvent = Extract<RunEvent, { kind: "watching" | "point" | "watched" }>;

function extendWatched(watched: WatchedLog | null, event: WatchEvent): WatchedLog | null {
  if (event.kind === "watching") {
    const points = watched?.points ?? [];
    return { timeline: event.timeline, pictures: event.pictures, points, cost: null };
  }
  if (!watched) return null;
  if (event.kind === "point") return { ...watched, points: [...watched.points, event.point] };
  return { ...watched, cost: { seconds: event.seconds, trainingSeconds: event.trainingSeconds } };
}

/** The pace of a run after one more event; a wish that has not taken effect yet stays. */
export function nextPace(pace: RunPace, event: RunEvent): RunPace {
  if (event.kind === "paused") return pace === "cancelling" ? pace : "paused";
  if (event.kind === "resumed") return pace === "paused" ? "running" : pace;
  return pace;
}

/** What becomes of the Teacher. */
export function reduceTeacher(state: TeacherState, event: AppEvent): TeacherState {
  if (event.kind === "teacher/loading") return { phase: "loading", job: event.job, source: event.source };
  if (event.kind === "teacher/training") {
    const log = emptyLog(event.config.optimiser.steps);
    return { phase: "training", job: event.job, config: event.config, log, pace: "running" };
  }
  if (!("job" in event) || !("job" in state) || event.job !== state.job) return state;
  const source = state.phase === "training" ? ({ kind: "trained", config: state.config } as const) : state.source;
  const log = state.phase === "training" ? state.log : null;
  switch (event.kind) {
    case "teacher/ready":
      return { phase: "ready", source, card: event.report, log };
    case "teacher/failed":
      if (event.failure.code === PAGE_CODES.cancelled) return { phase: "none" };
      return { phase: "failed", source, failure: event.failure, log };
    case "teacher/event":
      if (state.phase !== "training") return state;
      return { ...state, log: extendLog(state.log, event.event), pace: nextPace(state.pace, event.event) };
    case "pace/asked":
      return state.phase === "training" ? { ...state, pace: event.pace } : state;
    default:
      return state;
  }
}

/** What becomes of the weights that the Student may start from; the shipped Teacher brings some with it. */
export function reduceStart(state: StartState, event: AppEvent, teacher: TeacherState): StartState {
  if (event.kind === "teacher/ready" && "job" in teacher && teacher.job === event.job) {
    const isShipped = teacher.phase === "loading" && teacher.source.kind === "shipped";
    return isShipped ? { phase: "ready", source: { kind: "shipped" }, card: null } : state;
  }
  if (event.kind === "start/loading") return { phase: "loading", job: event.job, name: event.name };
  if (state.phase !== "loading" || !("job" in event) || event.job !== state.job) return state;
  if (event.kind === "start/ready") {
    return { phase: "ready", source: { kind: "file", name: state.name }, card: event.report };
  }
  if (event.kind === "start/failed") return { phase: "failed", name: state.name, failure: event.failure };
  return state;
}

/** What becomes of the checkpoint that a Teacher's training may begin with. */
export function reduceTeacherStart(state: TeacherStartState, event: AppEvent): TeacherStartState {
  if (event.kind === "teacher-start/loading") return { phase: "loading", job: event.job, name: event.name };
  if (state.phase !== "loading" || !("job" in event) || event.job !== state.job) return state;
  const { name } = state;
  if (event.kind === "teacher-start/ready") return { phase: "ready", name, card: event.report };
  if (event.kind === "teacher-start/failed") return { phase: "failed", name, failure: event.failure };
  return state;
}

/** What becomes of networks that were distilled beforehand. */
function reduceLoading(state: RunState, event: AppEvent): RunState {
  if (event.kind === "run/failed") return { phase: "failed", log: null, failure: event.failure };
  if (event.kind !== "run/given") return state;
  const { teacher, student, base, gain, distillation: config } = event.pair;
  const { steps } = config.optimiser;
  const accuracies = { teacher: teacher.accuracy, student: student.accuracy, base: base.accuracy };
  return {
    phase: "finished",
    job: event.job,
    config,
    log: null,
    result: { kind: "finished", assistants: [], step: steps, steps, gain, ...accuracies },
  };
}

/** What becomes of the distillation. */
export function reduceRun(state: RunState, event: AppEvent): RunState {
  if (event.kind === "run/started") {
    const log = emptyLog(event.config.optimiser.steps);
    return { phase: "running", job: event.job, config: event.config, log, pace: "running" };
  }
  if (event.kind === "run/loading") return { phase: "loading", job: event.job };
  if (!("job" in event) || !("job" in state) || event.job !== state.job) return state;
  if (state.phase === "finished") {
    const isLate = event.kind === "run/event" && event.event.kind === "watched";
    return isLate && state.log ? { ...state, log: extendLog(state.log, event.event) } : state;
  }
  if (state.phase === "loading") return reduceLoading(state, event);
  const { config, log } = state;
  switch (event.kind) {
    case "run/event": {
      const longer = extendLog(log, event.event);
      if (event.event.kind === "finished")
        return { phase: "finished", job: state.job, config, log: longer, result: event.event };
      return { ...state, log: longer, pace: nextPace(state.pace, event.event) };
    }
    case "run/failed":
      if (event.failure.code === PAGE_CODES.cancelled) return { phase: "cancelled", config, log };
      return { phase: "failed", log, failure: event.failure };
    case "pace/asked":
      return { ...state, pace: event.pace };
    default:
      return state;
  }
}
