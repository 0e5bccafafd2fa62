import type { BundleSummary, ReplayReport } from "../protocol/contract";
import { type Failure, PAGE_CODES } from "../protocol/failure";
import type { JobId, JobProgress } from "../protocol/messages";

/** A bundle that was read; `name` is that of its file. */
interface Opened {
  name: string;
  summary: BundleSummary;
}

/** A reviewer's bundle on its way to being compared. */
export type ReplayState =
  | { phase: "none" }
  | { phase: "opening"; job: JobId; name: string }
  /** `failure` says why its pictures were refused, or its replay ended early */
  | (Opened & { phase: "opened"; failure: Failure | null })
  | (Opened & { phase: "reading"; job: JobId; done: number; total: number })
  | (Opened & { phase: "replaying"; job: JobId; progress: JobProgress | null })
  | (Opened & { phase: "compared"; report: ReplayReport })
  | { phase: "failed"; name: string; failure: Failure };

/** What happens to it. */
export type ReplayEvent =
  | { kind: "replay/opening"; job: JobId; name: string }
  | { kind: "replay/opened"; job: JobId; summary: BundleSummary }
  | { kind: "replay/reading"; job: JobId; total: number }
  | { kind: "replay/read"; job: JobId; done: number }
  | { kind: "replay/started"; job: JobId }
  | { kind: "replay/progress"; job: JobId; progress: JobProgress }
  | { kind: "replay/compared"; job: JobId; report: ReplayReport }
  | { kind: "replay/failed"; job: JobId; failure: Failure }
  | { kind: "replay/closed" };

/** The bundle after an event. */
export function reduceReplay(state: ReplayState, event: { kind: string }): ReplayState {
  return event.kind.startsWith("replay/") ? next(state, event as ReplayEvent) : state;
}

function next(state: ReplayState, event: ReplayEvent): ReplayState {
  if (event.kind === "replay/opening") return { phase: "opening", job: event.job, name: event.name };
  if (event.kind === "replay/closed") return { phase: "none" };
  if ("summary" in state) {
    const { name, summary } = state;
    if (event.kind === "replay/reading") {
      return { phase: "reading", job: event.job, name, summary, done: 0, total: event.total };
    }
    if (event.kind === "replay/started") return { phase: "replaying", job: event.job, name, summary, progress: null };
  }
  if (!("job" in state) || state.job !== event.job) return state;
  switch (event.kind) {
    case "replay/opened":
      return { phase: "opened", name: state.name, summary: event.summary, failure: null };
    case "replay/read":
      return state.phase === "reading" ? { ...state, done: event.done } : state;
    case "replay/progress":
      return state.phase === "replaying" ? { ...state, progress: event.progress } : state;
    case "replay/compared":
      return "summary" in state
        ? { phase: "compared", name: state.name, summary: state.summary, report: event.report }
        : state;
    case "replay/failed":
      return failed(state, event.failure);
    default:
      return state;
  }
}

/** What was cancelled is as it was before; what was read before it failed is still there. */
function failed(state: Extract<ReplayState, { job: JobId }>, failure: Failure): ReplayState {
  const isCancelled = failure.code === PAGE_CODES.cancelled;
  if (state.phase === "opening")
    return isCancelled ? { phase: "none" } : { phase: "failed", name: state.name, failure };
  const { name, summary } = state;
  return { phase: "opened", name, summary, failure: isCancelled ? null : failure };
}
