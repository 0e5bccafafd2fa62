import type { ImagesConfig as GivenImages, ScenesConfig as GivenScenes } from "../../pkg/unicam.js";

/**
 * The engine's types, generated from Rust. Apart from the worker's loader this is the only file that names the wasm
 * package, and it names types alone: the page thread never loads the engine.
 */
export type {
  Architecture,
  DatasetReport,
  DeviceChoice,
  DeviceReport,
  DistillationConfig,
  ErrorReport,
  Evidence,
  ExplainConfig,
  ExplainedImage,
  ExplanationReport,
  FileReport,
  FilesRead,
  ImagesReport,
  LayerScores,
  Loss,
  Losses,
  LossTerm,
  MapKind,
  NetworkReport,
  Objective,
  OptimiserConfig,
  PartialRelevance,
  Picture,
  ReferenceConfig,
  ScoreConfig,
  ScoreReport,
  ScoringEvent,
  Similarity,
  Strength as MapStrength,
  TeacherTrainingConfig,
  TrainingEvent,
} from "../../pkg/unicam.js";

/** Settings that may be left out on their way into the engine, and are all there on their way out. */
export type ScenesConfig = Required<GivenScenes>;
export type ImagesConfig = Required<GivenImages>;
