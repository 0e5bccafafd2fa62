import type { SessionConfig, TeacherReading } from "../protocol/contract";
import type { AppState } from "./model";
import type { Settings } from "./settings";

/** The page's settings as the file that the command line reads too; how results are looked at stays with the page. */
export function toConfig(
  { data, teacher }: AppState,
  settings: Settings,
  files: SessionConfig["files"],
): SessionConfig {
  const { scenes, images, normalisation, distillation, reference, view } = settings;
  return {
    // To the command line the hub's pictures are pictures like any other.
    dataSource: "source" in data && data.source !== "scenes" ? "images" : "scenes",
    scenes,
    images,
    normalisation,
    teacherReading: readingOf(teacher),
    teacherSource: teacher.phase === "ready" ? teacher.source.kind : null,
    teacher: settings.teacher,
    distillation,
    reference,
    scores: settings.scores,
    timeline: settings.timeline,
    maps: { layers: [], objective: view.objective, classMethod: view.classMethod },
    files,
  };
}

/** How the Teacher's file was read, where that does not go without saying. */
function readingOf(teacher: AppState["teacher"]): TeacherReading {
  const reading = teacher.phase === "ready" ? teacher.card.reading : undefined;
  if (!reading) return { network: null, order: [] };
  return { network: reading.networks.length > 1 ? reading.network : null, order: reading.order };
}

/** The page's settings with those of a file in their place. */
export function fromConfig(config: SessionConfig, settings: Settings): Settings {
  const { scenes, images, normalisation, teacher, distillation, reference, maps } = config;
  const { view: former } = settings;
  const view = {
    ...former,
    objective: maps.objective ?? former.objective,
    classMethod: maps.classMethod ?? former.classMethod,
    layer: maps.layers?.[0] ?? former.layer,
  };
  const full = { scenes: { ...settings.scenes, ...scenes }, images: { ...settings.images, ...images } };
  const seen = normalisation ?? settings.normalisation;
  const { uncertainty } = settings.scores;
  const scores = {
    ...settings.scores,
    ...config.scores,
    uncertainty: { ...uncertainty, ...config.scores.uncertainty },
  };
  const timeline = { ...settings.timeline, ...config.timeline };
  return { ...full, normalisation: seen, teacher, distillation, reference, scores, timeline, view };
}
