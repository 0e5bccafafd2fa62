import type { RunConfig } from "../protocol/contract";
import type { NamedFile, RunEvent } from "../protocol/messages";
import type { AppEvent } from "./events";
import type { KeptRun } from "./lab";
import type { AppState, DataSource } from "./model";
import type { Settings } from "./settings";

/** Raised whenever what is kept changes its form: an older work is named, not misread. */
export const KEPT_FORMAT = 1;

/** What a visitor is told of a work that is kept on this device. */
export interface WorkSummary {
  id: string;
  format: number;
  /** milliseconds since 1970 */
  savedAt: number;
  dataName: string;
  /** what a run under way had reached; null where none was */
  run: { kind: RunConfig["kind"]; step: number; steps: number } | null;
  /** accuracies of Student and Base, where a run came to its end */
  result: { student: number; base: number | null } | null;
  bytes: number;
}

/** The pictures of a work, as they were given. */
export interface KeptData {
  source: DataSource;
  files: NamedFile[];
}

/** Parts of the page that rest on what the engine holds. */
export type KeptPage = Pick<
  AppState,
  | "teacher"
  | "start"
  | "teacherStart"
  | "run"
  | "maps"
  | "spread"
  | "scores"
  | "matrices"
  | "answers"
  | "faithfulness"
  | "sanity"
>;

/** A run under way, as it can go on. */
export interface RunUnderWay {
  config: RunConfig;
  step: number;
  checkpoint: Blob;
}

/** Everything of a work. */
export interface KeptWork {
  summary: WorkSummary;
  settings: Settings;
  data: KeptData;
  page: KeptPage;
  /** what the engine held, beside the pictures */
  session: Blob | null;
  run: RunUnderWay | null;
  lab: KeptRun[];
}

/** Why nothing is kept. */
export type KeepingTrouble = "full" | "off" | "newer";

/** An engine that was lost and whose work went on. */
export interface Survival {
  /** the failure's code */
  code: string;
  /** what a machine said about it */
  details: string | null;
  /** seconds until the work went on */
  seconds: number;
  /** of a run: the step that was told last and the one it went on from; null where none was under way */
  lostAt: number | null;
  resumedAt: number | null;
  /** names of the devices before and after */
  from: string;
  to: string;
  /** largest difference of the run's answers, before and after; null where none was under way */
  drift: number | null;
}

/** What is kept on this device, and what was survived. */
export interface KeepingState {
  /** works of earlier visits, the newest first */
  works: WorkSummary[];
  /** whether one of them is being taken up */
  isTakingUp: boolean;
  /** when this tab's work was kept last, and its bytes; null before the first time */
  saved: { at: number; bytes: number } | null;
  trouble: KeepingTrouble | null;
  /** bytes that were deleted last */
  deleted: number | null;
  survived: Survival[];
}

/** Nothing is kept yet. */
export const NOTHING_KEPT: KeepingState = {
  works: [],
  isTakingUp: false,
  saved: null,
  trouble: null,
  deleted: null,
  survived: [],
};

/** What happens to what is kept. */
export type KeepingEvent =
  | { kind: "kept/works"; works: WorkSummary[] }
  | { kind: "kept/saved"; at: number; bytes: number }
  | { kind: "kept/trouble"; trouble: KeepingTrouble }
  /** with this tab's own work or without it */
  | { kind: "kept/deleted"; bytes: number; own: boolean }
  | { kind: "kept/taking-up" }
  | { kind: "kept/restored"; page: KeptPage; lab: KeptRun[] | null };

/** What is kept, after an event. */
export function reduceKeeping(state: KeepingState, event: AppEvent): KeepingState {
  switch (event.kind) {
    case "kept/works":
      return { ...state, works: event.works, isTakingUp: false };
    case "kept/saved":
      return { ...state, saved: { at: event.at, bytes: event.bytes }, trouble: null };
    case "kept/trouble":
      return { ...state, trouble: event.trouble };
    case "kept/deleted":
      return { ...state, deleted: event.bytes, saved: event.own ? null : state.saved };
    case "kept/taking-up":
      return { ...state, isTakingUp: true };
    case "kept/restored":
      return { ...state, isTakingUp: false };
    case "engine/recovered":
      return { ...state, survived: [...state.survived, event.survival] };
    case "run/event":
    case "teacher/event":
      return event.event.kind === "wentOn" ? { ...state, survived: withRun(state.survived, event.event) } : state;
    default:
      return state;
  }
}

/** What the last loss did to a run, once the run goes on. */
function withRun(survived: Survival[], { interruption }: Extract<RunEvent, { kind: "wentOn" }>): Survival[] {
  const last = survived.at(-1);
  if (!last || last.code !== interruption.reason) return survived;
  const { lostAt, resumedAt, drift } = interruption;
  return [...survived.slice(0, -1), { ...last, lostAt, resumedAt, drift }];
}
