import type {
  Architecture,
  DistillationConfig,
  ImagesConfig,
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

/** A network and how it is trained, side by side, so that every setting is reached by section and field. */
export type TrainingSettings = NetworkSettings & OptimiserConfig;

/** The Student's recipe. */
export type StudentSettings = TrainingSettings & Pick<DistillationConfig, "temperature" | "alpha" | "beta" | "start">;

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

/** Settings that the page starts with: the engine's shipped recipe, and its own choice of view. */
export function defaultSettings(defaults: Defaults): Settings {
  const { student, optimiser, temperature, alpha, beta, start } = defaults.distillation;
  return {
    scenes: { ...defaults.scenes, backgroundDial: tidy(defaults.scenes.backgroundDial) },
    images: { ...defaults.images, testShare: tidy(defaults.images.testShare) },
    teacher: { ...networkSettings(defaults.teacher.network), ...defaults.teacher.optimiser },
    student: { ...networkSettings(student), ...optimiser, temperature, alpha, beta, start },
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
  const { temperature, alpha, beta } = student;
  return { student: architecture(student), optimiser: optimiser(student), temperature, alpha, beta, start };
}

function architecture({ blocks, width }: NetworkSettings): Architecture {
  return { family: "cifar-resnet", blocks, width };
}

/** The engine's defaults are of the family that the page offers to train. */
function networkSettings(network: Architecture): NetworkSettings {
  if (network.family !== "cifar-resnet") throw new Error(`the form has no fields for a ${network.family}`);
  return { blocks: network.blocks, width: network.width };
}

function optimiser(from: TrainingSettings): OptimiserConfig {
  const { steps, batchSize, learningRate, momentum, weightDecay, milestones, decay } = from;
  const { cropPadding, flip, reportEvery, evaluateEvery, seed } = from;
  return {
    steps,
    batchSize,
    learningRate,
    momentum,
    weightDecay,
    milestones,
    decay,
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
