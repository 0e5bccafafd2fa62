import type {
  Answers,
  DatasetReport,
  DeviceChoice,
  DeviceReport,
  DistillationConfig,
  FaithfulnessReport,
  NetworkReport,
  SanityReport,
  ScoreReport,
  ShippedPair,
  StartReport,
  TeacherTrainingConfig,
} from "../protocol/contract";
import type { Failure } from "../protocol/failure";
import type {
  DeviceActivity,
  EngineReport,
  ExplanationData,
  FileProgress,
  HubProgress,
  JobId,
  JobProgress,
  LoadProgress,
  MatricesData,
  RunEvent,
  SpreadData,
} from "../protocol/messages";
import type { Language, Theme } from "./appearance";
import type { DrillEvent } from "./drill";
import type { KeepingEvent, Survival } from "./kept-work";
import type { LabEvent } from "./lab";
import type { LinkedRun } from "./linked-run";
import type { LooseState } from "./loose";
import type { ContactSheet, DataSource, WeightSource } from "./model";
import type { Planned, ToldPlan } from "./plans";
import type { ReplayEvent } from "./replay";
import type { Settings } from "./settings";

/** Everything that can happen to the page. Events of a job carry its id; those of a replaced job change nothing. */
export type AppEvent =
  | LabEvent
  | KeepingEvent
  | DrillEvent
  | ReplayEvent
  | { kind: "update/waiting" }
  /** a part of the page's own program could not be fetched */
  | { kind: "part/missing" }
  | { kind: "engine/starting" }
  | ({ kind: "engine/progress" } & LoadProgress)
  | { kind: "engine/ready"; report: EngineReport; defaults: Settings; settings: Settings }
  | { kind: "engine/failed"; failure: Failure }
  /** it cannot go on, and another one is started in its place */
  | { kind: "engine/lost"; failure: Failure }
  | { kind: "engine/recovered"; report: EngineReport; survival: Survival }
  | { kind: "device/news"; device: DeviceReport; activity: DeviceActivity; fetched: LoadProgress | null }
  | { kind: "device/asked" }
  | { kind: "device/moved"; choice: DeviceChoice; device: DeviceReport }
  | { kind: "device/refused"; failure: Failure }
  | { kind: "settings/set"; key: string; text: string }
  | { kind: "settings/replaced"; settings: Settings }
  /** without `linked` the run that it tells of is the one that is known already */
  | { kind: "address/refused"; refused: string[]; linked?: LinkedRun | null }
  | { kind: "data/loading"; job: JobId; source: DataSource; total: number }
  | ({ kind: "data/progress"; job: JobId } & FileProgress)
  | { kind: "data/ready"; job: JobId; report: DatasetReport; sheet: ContactSheet }
  | { kind: "data/failed"; job: JobId; failure: Failure }
  /** photos that lie in no folder came, or were told the class of */
  | { kind: "data/loose"; loose: LooseState }
  | { kind: "hub/fetching"; job: JobId }
  | { kind: "hub/progress"; job: JobId; progress: HubProgress }
  | { kind: "hub/fetched"; job: JobId }
  | { kind: "hub/failed"; job: JobId; failure: Failure }
  | { kind: "teacher/loading"; job: JobId; source: WeightSource }
  | { kind: "teacher/ready"; job: JobId; report: NetworkReport }
  | { kind: "teacher/training"; job: JobId; config: TeacherTrainingConfig }
  | { kind: "teacher/event"; job: JobId; event: RunEvent }
  | { kind: "teacher/failed"; job: JobId; failure: Failure }
  | { kind: "teacher-start/loading"; job: JobId; name: string }
  | { kind: "teacher-start/ready"; job: JobId; report: StartReport }
  | { kind: "teacher-start/failed"; job: JobId; failure: Failure }
  | { kind: "plan/told"; of: Planned; told: ToldPlan | null }
  | { kind: "start/loading"; job: JobId; name: string }
  | { kind: "start/ready"; job: JobId; report: NetworkReport }
  | { kind: "start/failed"; job: JobId; failure: Failure }
  | { kind: "run/started"; job: JobId; config: DistillationConfig }
  | { kind: "run/event"; job: JobId; event: RunEvent }
  | { kind: "run/loading"; job: JobId }
  | { kind: "run/given"; job: JobId; pair: ShippedPair }
  | { kind: "run/failed"; job: JobId; failure: Failure }
  /** the user asked a running training, of Teacher or Student, to pause, go on or stop */
  | { kind: "pace/asked"; job: JobId; pace: "pausing" | "running" | "cancelling" }
  | { kind: "language/chosen"; language: Language }
  | { kind: "theme/chosen"; theme: Theme }
  | { kind: "story/told"; step: number }
  | { kind: "matrices"; job: JobId; result: ResultEvent<MatricesData> }
  | { kind: "answers"; job: JobId; result: ResultEvent<Answers> }
  | { kind: "maps"; job: JobId; result: ResultEvent<ExplanationData> }
  | { kind: "spread"; job: JobId; result: ResultEvent<SpreadData> }
  | { kind: "scores"; job: JobId; result: ResultEvent<ScoreReport> }
  | { kind: "faithfulness"; job: JobId; result: ResultEvent<FaithfulnessReport> }
  | { kind: "sanity"; job: JobId; result: ResultEvent<SanityReport> }
  | { kind: "export/failed"; failure: Failure }
  | { kind: "export/done" };

/** What happens to something that is computed from trained models. */
export type ResultEvent<T> =
  | { phase: "computing" }
  | { phase: "progress"; progress: JobProgress }
  | { phase: "ready"; value: T }
  | { phase: "failed"; failure: Failure };
