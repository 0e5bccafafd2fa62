import type {
  ClassMethod,
  DistillationConfig,
  ImagesConfig,
  MapKind,
  Normalisation,
  Objective,
  ReferenceConfig,
  ScenesConfig,
  TeacherTrainingConfig,
  TimelineSettings,
} from "../protocol/contract";
import type { Defaults, ScoreSettings } from "../protocol/messages";

/** How results are looked at; nothing here changes a number of a run. */
export interface ViewSettings {
  /** counted from 1, the shallowest */
  layer: number;
  objective: Objective;
  /** of the maps over their pictures, 0..1 */
  opacity: number;
  /** draw the outline of the object where it is known */
  outline: boolean;
  /** how the class maps of Teacher, Student and Base are made */
  classMethod: ClassMethod;
  /** evidence for alone, or evidence against as well */
  sign: "positive" | "signed";
  /** whether a map's colours end at its own maximum, or at that of the strongest map beside it */
  scale: "own" | "shared";
  /** maps that a card shows, in this order */
  maps: MapKind[];
  /** whether a card shows distilled less residual as well */
  difference: boolean;
}

/** Everything that the user can set; with the data, this makes a run repeatable. */
export interface Settings {
  scenes: ScenesConfig;
  images: ImagesConfig;
  /** how networks see the pictures */
  normalisation: Normalisation;
  teacher: TeacherTrainingConfig;
  distillation: DistillationConfig;
  reference: ReferenceConfig;
  /** how scores are computed over the reference batch */
  scores: ScoreSettings;
  /** what of a distillation is watched */
  timeline: TimelineSettings;
  view: ViewSettings;
}

/** All ways to make class maps, as they are offered. */
export const CLASS_METHODS: readonly ClassMethod[] = ["gradCam", "gradCamPlusPlus", "layerCam", "hiresCam", "random"];

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
  const { scenes, images, teacher, distillation, reference, scores, timeline } = defaults;
  return {
    scenes: { ...scenes, backgroundDial: tidy(scenes.backgroundDial) },
    // What is missing on its way is null here: pictures of no known data set.
    images: { ...images, testShare: tidy(images.testShare), dataSet: images.dataSet ?? null },
    normalisation: "imagenet",
    teacher,
    distillation,
    reference,
    scores,
    timeline,
    view: {
      layer: 3,
      objective: "relevance",
      opacity: 0.75,
      outline: true,
      classMethod: "gradCam",
      sign: "positive",
      scale: "own",
      maps: ["gradCamTeacher", "distilled", "residual"],
      difference: false,
    },
  };
}

/** A number that the engine holds in single precision, without the digits that this adds. */
function tidy(value: number): number {
  return Number(value.toPrecision(6));
}
