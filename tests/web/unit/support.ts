// Values that several unit tests start from.

import type {
  DataSetName,
  DataSetSettings,
  FileReport,
  OptimiserConfig,
  Picture,
  ScoreReport,
  TrainingEvent,
} from "../../../www/protocol/contract";
import type { Defaults } from "../../../www/protocol/messages";
import type { AppEvent } from "../../../www/state/events";
import { type AppState, INITIAL_STATE } from "../../../www/state/model";
import { reduce } from "../../../www/state/reduce";
import { defaultSettings, type Settings } from "../../../www/state/settings";
import type { Supply, Tell } from "../../../www/worker/supply";

const optimiser: OptimiserConfig = {
  steps: 300,
  batchSize: 64,
  learningRate: 0.04,
  algorithm: { kind: "sgd", momentum: 0.9, weightDecay: 0.0005, nesterov: false },
  schedule: { kind: "step", milestones: [0.5, 0.75], decay: 0.1 },
  cropPadding: 4,
  flip: false,
  reportEvery: 10,
  evaluateEvery: 50,
  seed: 1,
};

export const DEFAULTS: Defaults = {
  scenes: { size: 32, trainImages: 3000, testImages: 600, backgroundDial: 0.9, seed: 7 },
  images: {
    size: 32,
    fit: "crop",
    testShare: 0.25,
    perClass: 0,
    seed: 1,
    classLevel: 0,
    split: "folders",
    dataSet: null,
  },
  teacher: { network: { family: "cifar-resnet", blocks: 3, width: 16 }, optimiser: { ...optimiser } },
  distillation: {
    student: { family: "cifar-resnet", blocks: 1, width: 8 },
    optimiser: { ...optimiser },
    alpha: 0.1,
    terms: [{ weight: 0.9, loss: { kind: "response", temperature: 4 } }],
    assistants: [],
    start: "given",
  },
  reference: { images: 40, seed: 1 },
  scores: {
    pixels: { kind: "raw" },
    labels: { kind: "oneHot" },
    uncertainty: { permutations: 200, bootstrap: 200, level: 0.95, seed: 1 },
  },
  timeline: { pictures: 6, every: 0, layer: 0 },
  dataSets: [],
};

export const SETTINGS: Settings = defaultSettings(DEFAULTS);

/** A known data set whose settings are the shipped ones. */
export function knownSet(name: DataSetName, classNames: string[]): DataSetSettings {
  const { images, teacher, distillation } = DEFAULTS;
  return {
    name,
    home: "https://example.org",
    classNames,
    hasShippedNetworks: true,
    images: { ...images, dataSet: name },
    normalisation: "imagenet",
    teacher,
    distillation,
  };
}

/** A worker's supply of stand-ins: both engines alike, and no adapter, unless other is given. */
export function supplyOf(engine: (tell: Tell) => Promise<unknown>, more: Partial<Supply> = {}): Supply {
  const load = engine as Supply["cpuEngine"];
  return {
    cpuEngine: load,
    wholeEngine: load,
    hasAdapter: () => Promise.resolve(false),
    weights: () => Promise.reject(new Error("no weights were asked for")),
    ...more,
  };
}

/** The page after events, one after the other. */
export function after(events: AppEvent[], from: AppState = INITIAL_STATE): AppState {
  return events.reduce(reduce, from);
}

export const READY: AppEvent = {
  kind: "engine/ready",
  report: { device: { kind: "cpu", name: "test", notice: null }, defaults: DEFAULTS },
  defaults: SETTINGS,
  settings: SETTINGS,
};

export function picture(label = 0): Picture {
  return { width: 1, height: 1, label, rgba: new Uint8ClampedArray(4), mask: undefined };
}

export function row(path: string, code?: string): FileReport {
  const error = code === undefined ? null : { code, message: `${code}.` };
  return { path, className: "cats", width: 1, height: 1, error };
}

/** Events that open scenes as job 1 and the shipped Teacher as job 2. */
export const OPENED: AppEvent[] = [
  READY,
  { kind: "data/loading", job: 1, source: "scenes", total: 0 },
  {
    kind: "data/ready",
    job: 1,
    report: {
      name: "Scenes",
      size: 32,
      classNames: ["disc", "ring"],
      trainCounts: [10, 10],
      testCounts: [4, 4],
      hasMasks: true,
      hasShippedNetworks: true,
    },
    sheet: { train: [picture()], test: [picture()] },
  },
  { kind: "teacher/loading", job: 2, source: { kind: "shipped" } },
  {
    kind: "teacher/ready",
    job: 2,
    report: {
      name: "ResNet-20",
      parameters: 272474,
      classes: 2,
      layers: ["layer1", "layer2", "layer3"],
      accuracy: 0.9,
    },
  },
];

export const RUN = {
  kind: "run/started",
  job: 3,
  config: { ...SETTINGS.distillation, start: "random" },
} satisfies AppEvent;

export const FINISHED = {
  kind: "finished",
  assistants: [],
  step: 300,
  steps: 300,
  student: 0.6,
  base: 0.2,
  gain: 0.4,
  teacher: 0.9,
} satisfies TrainingEvent;

/** Scores of no layer. */
export const REPORT: ScoreReport = {
  n: 8,
  referenceHash: "ab",
  resampled: 8,
  pixels: { kind: "raw" },
  labels: "oneHot",
  uncertainty: { permutations: 200, bootstrap: 200, level: 0.95, seed: 1 },
  layers: [],
};

/** A report after some step. */
export function report(step: number): Extract<TrainingEvent, { kind: "report" }> {
  const losses = { total: 1, hard: 0.5, terms: [{ name: "response", value: 0.5 }], batchAccuracy: 0.5 };
  return {
    kind: "report",
    step,
    steps: 300,
    learningRate: 0.04,
    student: losses,
    base: { ...losses, terms: [] },
    imagesPerSecond: 100,
    secondsLeft: 10,
  };
}
