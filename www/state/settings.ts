import type {
  Architecture,
  DistillationConfig,
  ImagesConfig,
  Loss,
  LossTerm,
  MapKind,
  Objective,
  OptimiserConfig,
  ReferenceConfig,
  ScenesConfig,
  TeacherTrainingConfig,
} from "../protocol/contract";
import type { Defaults } from "../protocol/messages";

/** Depth and width of a CIFAR ResNet, the family that the page offers to train. */
export interface NetworkSettings {
  blocks: number;
  width: number;
}

/** What the page offers of algorithm and schedule: SGD whose rate falls at milestones. */
export interface DescentSettings {
  momentum: number;
  weightDecay: number;
  /** shares of the run, rising */
  milestones: number[];
  decay: number;
}

/** A network and how it is trained, side by side, so that every setting is reached by section and field. */
export type TrainingSettings = NetworkSettings & Omit<OptimiserConfig, "algorithm" | "schedule"> & DescentSettings;

/** A loss by its kind. */
export type LossKind = Loss["kind"];

/** The Student's recipe: labels and one loss of the Teacher. */
export interface StudentSettings extends TrainingSettings, Pick<DistillationConfig, "alpha" | "start"> {
  loss: LossKind;
  /** weight of the loss */
  beta: number;
  /** of the losses that have one */
  temperature: number;
}

/** How results are looked at; nothing here changes a number of a run. */
export interface ViewSettings {
  /** counted from 1, the shallowest */
  layer: number;
  objective: Objective;
  /** of the maps over their pictures, 0..1 */
  opacity: number;
  /** draw the outline of the object where it is known */
  outline: boolean;
  /** maps that a card shows, in this order */
  maps: MapKind[];
}

/** Everything that the user can set; with the data, this makes a run repeatable. */
export interface Settings {
  scenes: ScenesConfig;
  images: ImagesConfig;
  teacher: TrainingSettings;
  student: StudentSettings;
  reference: ReferenceConfig;
  view: ViewSettings;
}

/** Temperature that the form shows where the shipped loss has none. */
const USUAL_TEMPERATURE = 4;

/** All kinds of maps in the order in which they are offered. */
export const MAP_KINDS: readonly MapKind[] = [
  "gradCamTeacher",
  "distilled",
  "residual",
  "gradCamStudent",
  "gradCamBase",
  "studentGivenTeacher",
  "teacherGivenStudent",
];

/** Every loss with its usual weight and settings, in the order in which they are offered. */
export const USUAL_TERMS: readonly LossTerm[] = [
  { weight: 1, loss: { kind: "response", temperature: 4 } },
  { weight: 0.3, loss: { kind: "softenedError", temperature: 20 } },
  { weight: 1, loss: { kind: "decoupled", alpha: 1, beta: 8, temperature: 4 } },
  { weight: 1000, loss: { kind: "attention" } },
  { weight: 100, loss: { kind: "hint", layer: 2 } },
  { weight: 0.001, loss: { kind: "overhaul" } },
  { weight: 400, loss: { kind: "classAttention", resolution: 2 } },
];

/** The kinds in the same order. */
export const LOSS_KINDS: readonly LossKind[] = USUAL_TERMS.map(({ loss }) => loss.kind);

/** A loss with its usual weight and settings. */
export function usualTerm(kind: LossKind): LossTerm {
  const found = USUAL_TERMS.find(({ loss }) => loss.kind === kind);
  if (!found) throw new Error(`no loss is called "${kind}"`);
  return found;
}

/** The temperature of a loss; null where it has none. */
export function temperatureOf(loss: Loss): number | null {
  return "temperature" in loss ? loss.temperature : null;
}

/** Settings that the page starts with: the engine's shipped recipe, and its own choice of view. */
export function defaultSettings(defaults: Defaults): Settings {
  const { student, optimiser, terms, alpha, start } = defaults.distillation;
  const term = terms[0] ?? usualTerm("response");
  return {
    scenes: { ...defaults.scenes, backgroundDial: tidy(defaults.scenes.backgroundDial) },
    images: { ...defaults.images, testShare: tidy(defaults.images.testShare) },
    teacher: trainingSettings(defaults.teacher.network, defaults.teacher.optimiser),
    student: {
      ...trainingSettings(student, optimiser),
      loss: term.loss.kind,
      beta: term.weight,
      temperature: temperatureOf(term.loss) ?? USUAL_TEMPERATURE,
      alpha,
      start,
    },
    reference: { ...defaults.reference },
    view: {
      layer: 3,
      objective: "relevance",
      opacity: 0.75,
      outline: true,
      maps: ["gradCamTeacher", "distilled", "residual"],
    },
  };
}

/** The Teacher's training as the engine wants it. */
export function teacherConfig({ teacher }: Settings): TeacherTrainingConfig {
  return { network: architecture(teacher), optimiser: optimiser(teacher) };
}

/** The distillation as the engine wants it; `start` is decided by what weights there are. */
export function distillationConfig({ student }: Settings, start: DistillationConfig["start"]): DistillationConfig {
  const { alpha } = student;
  const terms = [lossTerm(student)];
  return { student: architecture(student), optimiser: optimiser(student), alpha, terms, assistants: [], start };
}

/** The chosen loss with the settings that it has. */
export function lossTerm({ loss: kind, beta, temperature }: StudentSettings): LossTerm {
  const { loss } = usualTerm(kind);
  return { weight: beta, loss: "temperature" in loss ? { ...loss, temperature } : loss };
}

function architecture({ blocks, width }: NetworkSettings): Architecture {
  return { family: "cifar-resnet", blocks, width };
}

/** The engine's defaults are of the family that the page offers to train. */
function networkSettings(network: Architecture): NetworkSettings {
  if (network.family !== "cifar-resnet") throw new Error(`the form has no fields for a ${network.family}`);
  return { blocks: network.blocks, width: network.width };
}

/** The engine's defaults are of the algorithm and the schedule that the page offers. */
function trainingSettings(
  network: Architecture,
  { algorithm, schedule, ...others }: OptimiserConfig,
): TrainingSettings {
  if (algorithm.kind !== "sgd" || schedule.kind !== "step") throw new Error("the form has fields for plain SGD alone");
  const { momentum, weightDecay } = algorithm;
  const { milestones, decay } = schedule;
  return { ...networkSettings(network), ...others, momentum, weightDecay, milestones, decay };
}

function optimiser(from: TrainingSettings): OptimiserConfig {
  const { steps, batchSize, learningRate, momentum, weightDecay, milestones, decay } = from;
  const { cropPadding, flip, reportEvery, evaluateEvery, seed } = from;
  return {
    steps,
    batchSize,
    learningRate,
    algorithm: { kind: "sgd", momentum, weightDecay, nesterov: false },
    schedule: { kind: "step", milestones, decay },
    cropPadding,
    flip,
    reportEvery,
    evaluateEvery,
    seed,
  };
}

/** A number that the engine holds in single precision, without the digits that this adds. */
function tidy(value: number): number {
  return Number(value.toPrecision(6));
}
