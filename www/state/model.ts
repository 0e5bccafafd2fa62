import type {
  Answers,
  DatasetReport,
  DataSetSettings,
  DeviceChoice,
  DeviceReport,
  DistillationConfig,
  FaithfulnessReport,
  FileReport,
  NetworkReport,
  Picture,
  SanityReport,
  ScoreReport,
  StartReport,
  TeacherTrainingConfig,
  TimelinePoint,
  TrainingEvent,
} from "../protocol/contract";
import type { Failure } from "../protocol/failure";
import type {
  DeviceActivity,
  ExplanationData,
  HubProgress,
  JobId,
  JobProgress,
  LoadProgress,
  MatricesData,
  SpreadData,
  WatchedRun,
} from "../protocol/messages";
import type { Settings } from "./settings";
import type { Language, Theme } from "./appearance";
import type { DrillState } from "./drill";
import { type KeepingState, NOTHING_KEPT } from "./kept-work";
import type { LabState } from "./lab";
import type { LinkedRun } from "./linked-run";
import { type LooseState, NO_LOOSE } from "./loose";
import type { Plans } from "./plans";
import type { ReplayState } from "./replay";

/** One kind of training event. */
export type EventOf<K extends TrainingEvent["kind"]> = Extract<TrainingEvent, { kind: K }>;

/** The worker and what it computes on. */
export type EngineState =
  | { phase: "loading"; received: number; total: number | null }
  | {
      phase: "ready";
      device: DeviceReport;
      /** what is done about the device, by itself or because the user chose another */
      activity: DeviceActivity | "moving";
      /** how much of the engine that knows GPUs has come, while it is fetched */
      fetched: LoadProgress | null;
      /** why the device that the user chose was not taken */
      refused: Failure | null;
    }
  /** lost, and about to be replaced; the page holds what it held */
  | { phase: "recovering"; failure: Failure }
  | { phase: "failed"; failure: Failure };

/** Where the pictures come from. */
export type DataSource = "scenes" | "images" | "hub";

/** Pictures on their way from the hub; once they are here, they are data like any other. */
export type HubState =
  | { phase: "idle" }
  | { phase: "fetching"; job: JobId; progress: HubProgress | null }
  | { phase: "failed"; failure: Failure };

/** A few pictures of each split, to see what the data is. */
export interface ContactSheet {
  train: Picture[];
  test: Picture[];
}

export type DataState =
  | { phase: "empty" }
  | { phase: "loading"; job: JobId; source: DataSource; rows: FileReport[]; done: number; total: number }
  | { phase: "ready"; source: DataSource; report: DatasetReport; rows: FileReport[]; sheet: ContactSheet }
  | { phase: "failed"; source: DataSource; failure: Failure; rows: FileReport[] };

/** Where a network's weights come from. */
export type WeightSource =
  | { kind: "shipped" }
  | { kind: "file"; name: string }
  /** `config` is what it was trained with; work that was kept before there was one has none */
  | { kind: "trained"; config?: TeacherTrainingConfig };

/** A training as it is seen from outside: its settings and all that it said. */
export interface RunLog {
  /** which of its networks a chain of assistants trains, counted from 1; 0 before that is told */
  link: number;
  step: number;
  steps: number;
  activity: "starting" | "training" | "evaluating";
  reports: EventOf<"report">[];
  evaluations: EventOf<"evaluation">[];
  /** what was seen on the way; null where nothing is watched, or before the first point */
  watched: WatchedLog | null;
}

/** A learning that is watched, point by point. */
export interface WatchedLog extends WatchedRun {
  points: TimelinePoint[];
  /** seconds of computing that the points and the training took, at the end */
  cost: { seconds: number; trainingSeconds: number } | null;
}

/** Whether a running training moves; a request shows at once, though it takes effect after the current step. */
export type RunPace = "running" | "pausing" | "paused" | "cancelling";

export type TeacherState =
  | { phase: "none" }
  | { phase: "loading"; job: JobId; source: WeightSource }
  | { phase: "training"; job: JobId; config: TeacherTrainingConfig; log: RunLog; pace: RunPace }
  | { phase: "ready"; source: WeightSource; card: NetworkReport; log: RunLog | null }
  | { phase: "failed"; source: WeightSource; failure: Failure; log: RunLog | null };

/** Weights that the Student may start from, beside random ones. */
export type StartState =
  | { phase: "none" }
  | { phase: "loading"; job: JobId; name: string }
  | { phase: "ready"; source: WeightSource; card: NetworkReport | null }
  | { phase: "failed"; name: string; failure: Failure };

/** A checkpoint that a Teacher's training may begin with. */
export type TeacherStartState =
  | { phase: "none" }
  | { phase: "loading"; job: JobId; name: string }
  | { phase: "ready"; name: string; card: StartReport }
  | { phase: "failed"; name: string; failure: Failure };

export type RunState =
  | { phase: "idle" }
  | { phase: "loading"; job: JobId }
  | { phase: "running"; job: JobId; config: DistillationConfig; log: RunLog; pace: RunPace }
  /** `log` is null where the networks were distilled beforehand and only loaded */
  | { phase: "finished"; job: JobId; config: DistillationConfig; log: RunLog | null; result: EventOf<"finished"> }
  | { phase: "cancelled"; config: DistillationConfig; log: RunLog }
  | { phase: "failed"; log: RunLog | null; failure: Failure };

/** Something that is computed from trained models; the last result stays in sight while the next one is made. */
export type ResultState<T> =
  | { phase: "none" }
  | { phase: "computing"; job: JobId; previous: T | null; progress: JobProgress | null }
  | { phase: "ready"; value: T }
  | { phase: "failed"; failure: Failure; previous: T | null };

/** Everything that the page shows. */
export interface AppState {
  language: Language;
  theme: Theme;
  /** which step of the story is told, from 0 */
  storyStep: number;
  /** the device that was asked for, in the address or on the page */
  choice: DeviceChoice;
  settings: Settings | null;
  /** the shipped settings, known once the engine stands */
  defaults: Settings | null;
  /** known data sets with their settings, known at the same time */
  dataSets: readonly DataSetSettings[];
  engine: EngineState;
  data: DataState;
  loose: LooseState;
  hub: HubState;
  teacher: TeacherState;
  start: StartState;
  teacherStart: TeacherStartState;
  /** what the runs would take that the settings stand for */
  plans: Plans;
  run: RunState;
  maps: ResultState<ExplanationData>;
  /** of one map of one picture, the last that was asked for */
  spread: ResultState<SpreadData>;
  scores: ResultState<ScoreReport>;
  matrices: ResultState<MatricesData>;
  answers: ResultState<Answers>;
  faithfulness: ResultState<FaithfulnessReport>;
  sanity: ResultState<SanityReport>;
  lab: LabState;
  keeping: KeepingState;
  drill: DrillState;
  /** the run that the page's address told of, until one is finished */
  linked: LinkedRun | null;
  /** what else the address named and the page does not take, until settings are changed */
  refused: readonly string[];
  /** a reviewer's bundle that is computed again */
  replay: ReplayState;
  /** why the last export failed, until one succeeds */
  exportFailure: Failure | null;
  /** whether a newer version of the page waits to be taken */
  update: boolean;
  /** whether a part of the page could not be fetched */
  missing: boolean;
}

/** The page before the engine has said anything. */
export const INITIAL_STATE: AppState = {
  language: "en",
  theme: "auto",
  storyStep: 0,
  choice: "auto",
  settings: null,
  defaults: null,
  dataSets: [],
  engine: { phase: "loading", received: 0, total: null },
  data: { phase: "empty" },
  loose: NO_LOOSE,
  hub: { phase: "idle" },
  teacher: { phase: "none" },
  start: { phase: "none" },
  teacherStart: { phase: "none" },
  plans: { teacher: null, distillation: null },
  run: { phase: "idle" },
  maps: { phase: "none" },
  spread: { phase: "none" },
  scores: { phase: "none" },
  matrices: { phase: "none" },
  answers: { phase: "none" },
  faithfulness: { phase: "none" },
  sanity: { phase: "none" },
  lab: { runs: [], series: [], compared: [] },
  keeping: NOTHING_KEPT,
  drill: { phase: "none" },
  linked: null,
  refused: [],
  replay: { phase: "none" },
  exportFailure: null,
  update: false,
  missing: false,
};

/** A run that has said nothing yet. */
export function emptyLog(steps: number): RunLog {
  return { link: 0, step: 0, steps, activity: "starting", reports: [], evaluations: [], watched: null };
}
