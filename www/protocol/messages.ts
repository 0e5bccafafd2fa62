import type {
  Answers,
  BundleSummary,
  Circumstances,
  DatasetReport,
  DataSetSettings,
  DeviceChoice,
  DeviceReport,
  DistillationConfig,
  ExplainConfig,
  ExplanationReport,
  FaithfulnessConfig,
  FaithfulnessReport,
  FileReport,
  ImagesConfig,
  Interruption,
  MatricesConfig,
  MatricesReport,
  NetworkReport,
  Normalisation,
  Picture,
  ReferenceConfig,
  ReplayOptions,
  ReplayReport,
  RunConfig,
  RunPlan,
  SanityConfig,
  SanityReport,
  ScenesConfig,
  ScoreConfig,
  ScoreReport,
  SessionConfig,
  ShippedPair,
  SpreadConfig,
  SpreadReport,
  StartReport,
  Summary,
  TeacherReading,
  TeacherTrainingConfig,
  Timeline,
  TimelineConfig,
  TimelinePoint,
  TimelineSettings,
  TrainingEvent,
  UncertaintyConfig,
} from "./contract";
import type { Failure, Outcome } from "./failure";

/** Names one job; the page hands them out, counting up, and drops what a job says after it was replaced. */
export type JobId = number;

/** How scores are computed over the reference batch: everything but the batch. */
export type ScoreSettings = Required<SessionConfig["scores"]> & { uncertainty: Required<UncertaintyConfig> };

/** The shipped recipe for the built-in data, as the crate states it. */
export interface Defaults {
  scenes: ScenesConfig;
  images: ImagesConfig;
  teacher: TeacherTrainingConfig;
  distillation: DistillationConfig;
  reference: ReferenceConfig;
  scores: ScoreSettings;
  timeline: TimelineSettings;
  /** what goes with each known data set */
  dataSets: DataSetSettings[];
}

/** What the engine says once it stands. */
export interface EngineReport {
  device: DeviceReport;
  defaults: Defaults;
}

/**
 * What the engine does about its devices while nobody asks for anything: fetch the engine that knows GPUs, try both devices,
 * or compile a GPU's kernels.
 */
export type DeviceActivity = "fetching" | "trying" | "preparing" | null;

/** The device that makes the numbers and what is done about it; or why that could not be done. */
export type DeviceNews =
  { device: DeviceReport; activity: DeviceActivity; fetched: LoadProgress | null } | { failure: Failure };

/** Bytes of an engine that have arrived; `total` is null where the server does not say. */
export interface LoadProgress {
  received: number;
  total: number | null;
}

/** A file with the path that its class is read from ("cats/1.jpg"). */
export interface NamedFile {
  path: string;
  file: File;
  /** why the browser gave no file, in its words; the file is an empty one then */
  unreadable?: string;
}

/** Which pictures of a data set on the hub are wanted. */
export interface HubRequest {
  /** e.g. "uoft-cs/cifar10" */
  dataset: string;
  /** e.g. "train"; "" is every part */
  part: string;
  /** names of the classes that are wanted, whatever their case and the signs between their words; none is all */
  classes: string[];
  /** most pictures of each class and part; 0 is no limit */
  perClass: number;
  /** most pictures in all, spread over parts and wanted classes; 0 is no limit */
  total: number;
}

/** How far the fetching is. */
export interface HubProgress {
  pictures: number;
  /** as many as there will be at most; null before the hub has said what it has */
  expected: number | null;
  /** bytes that travelled */
  received: number;
}

/** Rows that have come so far while files are read; `done` counts files, an archive that is half read as a half. */
export interface FileProgress {
  rows: FileReport[];
  done: number;
  total: number;
}

/** What of a learning is watched: everything about its timeline but the points, and the pictures that it shows. */
export interface WatchedRun {
  timeline: Timeline;
  /** in the order of the timeline's own */
  pictures: Picture[];
}

/** Training events as the page hears them: the engine's own, and what the worker's loop adds. */
export type RunEvent =
  | TrainingEvent
  | { kind: "paused" }
  | { kind: "resumed" }
  /** how the run stands, as the bytes from which it can go on: every few seconds and when it pauses */
  | { kind: "kept"; step: number; checkpoint: Blob }
  /** the run was torn off and goes on from where it was kept */
  | { kind: "wentOn"; interruption: Interruption }
  /** before the first point */
  | ({ kind: "watching" } & WatchedRun)
  | { kind: "point"; point: TimelinePoint }
  /** at the end: what the watching cost beside the training, seconds of computing */
  | { kind: "watched"; seconds: number; trainingSeconds: number };

/** A run that goes on from where it was kept. */
export interface Continuation {
  config: RunConfig;
  checkpoint: Blob;
  /** why it was torn off: a failure's code, or "left" */
  reason: string;
  /** the last step that was told */
  lostAt: number;
}

/** How far a long job has come. */
export interface JobProgress {
  /** what it is doing, a word of the engine's */
  stage: string;
  done: number;
  total: number;
  /** until `done` is `total`, at the pace so far; null before there is one */
  secondsLeft: number | null;
}

/** One picture's map over several reference batches. */
export interface SpreadData {
  report: SpreadReport;
  /** mean of the scaled maps 0..1, `[height, width]` */
  mean: Float32Array;
  /** their standard deviation, `[height, width]` */
  deviation: Float32Array;
}

/** Maps with the pictures that they lie on, in the order of `report.images`. */
export interface ExplanationData {
  report: ExplanationReport;
  /** scaled maps 0..1, `[n, maps, height, width]` */
  scaled: Float32Array;
  /** the same on one scale for the maps of one method over one picture */
  shared: Float32Array;
  /** maps before their ReLU, image by image and map by map, of the report's `rawSizes`; empty unless asked for */
  signed: Float32Array;
  /** distilled less residual on the scale that they share, -1..1, `[n, height, width]` */
  difference: Float32Array;
  /** each map as a table of 8 rows and columns, shares 0..1 of its maximum, `[n, maps, 8, 8]` */
  cells: Float32Array;
  pictures: Picture[];
}

/** The distance matrices of one layer with the pictures of their rows, in the order of `report.images`. */
export interface MatricesData {
  report: MatricesReport;
  /** `[matrices, n, n]` */
  values: Float32Array;
  /** what a pair adds to the relevance, both of its orders together, `[matrices, n, n]` */
  added: Float32Array;
  pictures: Picture[];
}

/** Which pictures to fetch. */
export interface PictureRequest {
  split: "train" | "test";
  indices: number[];
}

/** Which trained network to save. */
export type ModelName = "teacher" | "student" | "base";

/**
 * Everything that the page may ask of the worker. Calls with a job id wait their turn in one queue; `pause`, `resume`
 * and `cancel` are heard at once.
 */
export interface EngineApi {
  /**
   * Loads an engine and opens a device. With `auto` that is the small engine on the CPU at first: the one that knows GPUs is
   * fetched behind it where there is an adapter, both devices are tried once nothing else is to be done, and the quicker one
   * is taken between two jobs; `onDevice` hears of it.
   */
  start(
    choice: DeviceChoice,
    onProgress: (progress: LoadProgress) => void,
    onDevice: (news: DeviceNews) => Promise<void> | void,
  ): Promise<Outcome<EngineReport>>;
  /** Goes on with another device; data, networks and results go along. */
  moveTo(job: JobId, choice: DeviceChoice): Promise<Outcome<DeviceReport>>;
  useScenes(job: JobId, config: ScenesConfig): Promise<Outcome<DatasetReport>>;
  readImages(
    job: JobId,
    config: ImagesConfig,
    files: NamedFile[],
    onProgress: (progress: FileProgress) => void,
  ): Promise<Outcome<DatasetReport>>;
  /** Fetches pictures from the hub, as archives that `readImages` takes. Needs no engine and has a queue of its own. */
  fetchHub(job: JobId, request: HubRequest, onProgress: (progress: HubProgress) => void): Promise<Outcome<NamedFile[]>>;
  pictures(job: JobId, request: PictureRequest): Promise<Outcome<Picture[]>>;
  useShippedTeacher(job: JobId): Promise<Outcome<NetworkReport>>;
  /** Takes a Student and its Base that were distilled beforehand, with their Teacher. */
  useShippedStudents(job: JobId): Promise<Outcome<ShippedPair>>;
  loadTeacher(job: JobId, file: File, reading: TeacherReading): Promise<Outcome<NetworkReport>>;
  /** Prepares pictures for networks in another way; the Teacher measured anew, if there is one and that is another way. */
  useNormalisation(job: JobId, normalisation: Normalisation): Promise<Outcome<NetworkReport | null>>;
  loadStudentStart(job: JobId, file: File): Promise<Outcome<NetworkReport>>;
  /** Takes weights that a Teacher's training may begin with. */
  loadTeacherStart(job: JobId, file: File): Promise<Outcome<StartReport>>;
  /** What a run would take, and why it cannot be started, where it cannot. */
  planTeacher(job: JobId, config: TeacherTrainingConfig): Promise<Outcome<RunPlan>>;
  planDistillation(job: JobId, config: DistillationConfig): Promise<Outcome<RunPlan>>;
  /** The Teacher as it is now, tested on the data as they are now. */
  describeTeacher(job: JobId): Promise<Outcome<NetworkReport>>;
  trainTeacher(
    job: JobId,
    config: TeacherTrainingConfig,
    keepEvery: number,
    onEvent: (event: RunEvent) => void,
  ): Promise<Outcome<NetworkReport>>;
  /** A run is kept every `keepEvery` seconds, or less often where that would cost more than a twentieth of the time. */
  distil(
    job: JobId,
    config: DistillationConfig,
    timeline: TimelineConfig,
    keepEvery: number,
    onEvent: (event: RunEvent) => void,
  ): Promise<Outcome<null>>;
  /** Goes on with a run that was kept, of a Teacher or of Student and Base; for a Teacher's the Teacher. */
  goOn(
    job: JobId,
    run: Continuation,
    keepEvery: number,
    onEvent: (event: RunEvent) => void,
  ): Promise<Outcome<NetworkReport | null>>;
  /** Everything that the engine holds beside the pictures: networks, settings, logs, results. */
  pack(job: JobId): Promise<Outcome<Blob>>;
  /** Takes over what was packed; the same pictures have to be there. */
  unpack(job: JobId, packed: Blob): Promise<Outcome<null>>;
  /** Loses the GPU on purpose, as a driver that resets would; the page hears of it as of any other loss. */
  loseDevice(): void;
  /** From now on runs hold little of a step in memory: blocks are computed twice, the numbers stay. */
  spareMemory(): Promise<Outcome<null>>;
  explain(job: JobId, config: ExplainConfig): Promise<Outcome<ExplanationData>>;
  /** Distances of one layer, what a removal leaves of them, and what each pair adds to RS. */
  matrices(job: JobId, config: MatricesConfig): Promise<Outcome<MatricesData>>;
  /** What the three networks answer to every test picture. */
  answers(job: JobId): Promise<Outcome<Answers>>;
  /** Mean and spread of each list of measurements; null for an empty one. */
  summaries(job: JobId, lists: number[][]): Promise<Outcome<(Summary | null)[]>>;
  /** Batch by batch, so that it can be followed and cancelled. */
  spread(job: JobId, config: SpreadConfig, onProgress: (progress: JobProgress) => void): Promise<Outcome<SpreadData>>;
  /** One kind of map after the other, so that it can be followed and cancelled. */
  faithfulness(
    job: JobId,
    config: FaithfulnessConfig,
    onProgress: (progress: JobProgress) => void,
  ): Promise<Outcome<FaithfulnessReport>>;
  sanity(job: JobId, config: SanityConfig): Promise<Outcome<SanityReport>>;
  /** Step by step, so that it can be followed and cancelled. */
  score(job: JobId, config: ScoreConfig, onProgress: (progress: JobProgress) => void): Promise<Outcome<ScoreReport>>;
  /** Settings out of a JSON file; what it leaves out is as shipped. */
  readConfig(job: JobId, text: string): Promise<Outcome<SessionConfig>>;
  /** The document of all that was done, the same as the command line's, as a file of JSON. */
  report(job: JobId, circumstances: Circumstances): Promise<Outcome<Blob>>;
  /** The scores that were computed last as a table of comma-separated values. */
  scoresTable(job: JobId): Promise<Outcome<Blob>>;
  /** The run in one zip, for a reviewer. */
  bundle(job: JobId, circumstances: Circumstances): Promise<Outcome<Blob>>;
  /** Reads a bundle, to be replayed on the device at hand. The work of the session stays as it is. */
  openBundle(job: JobId, file: File): Promise<Outcome<BundleSummary>>;
  /** Takes the files that the open bundle's pictures were collected from. */
  readBundlePictures(
    job: JobId,
    files: NamedFile[],
    onProgress: (progress: FileProgress) => void,
  ): Promise<Outcome<BundleSummary>>;
  /** Computes the open bundle again, step by step, and compares every number. */
  replay(
    job: JobId,
    options: ReplayOptions,
    onProgress: (progress: JobProgress) => void,
  ): Promise<Outcome<ReplayReport>>;
  /** Forgets the open bundle. */
  closeBundle(): void;
  exportWeights(job: JobId, model: ModelName): Promise<Outcome<Uint8Array>>;
  pause(job: JobId): void;
  resume(job: JobId): void;
  cancel(job: JobId): void;
}
