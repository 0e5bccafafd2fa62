import { ASSISTANTS } from "./assistants";
import { choice, integer, number, subset, toggle } from "./codecs";
import { DATA_SET, DATA_SET_KEY } from "./data-set-name";
import { field, lens, part, type Property, section } from "./lens";
import { LOSS_PROPERTIES } from "./losses";
import { NORMALISATION_PROPERTIES } from "./normalisation";
import { SCORE_PROPERTIES } from "./score-properties";
import { CLASS_METHODS, MAP_KINDS } from "./settings";
import { SEED, trainingProperties } from "./training-properties";

const [scenes, images, distillation, reference, timeline, view] = [
  section("scenes"),
  section("images"),
  section("distillation"),
  section("reference"),
  section("timeline"),
  section("view"),
];

/** Every setting of the page, in the order in which they stand in the address: a kind before what belongs to it. */
export const PROPERTIES: readonly Property[] = [
  field("dial", scenes, "backgroundDial", number(0, 1)),
  field("train", scenes, "trainImages", integer(60, 20_000)),
  field("test", scenes, "testImages", integer(24, 6_000)),
  field("size", scenes, "size", integer(16, 128)),
  field("scene-seed", scenes, "seed", SEED),
  lens(DATA_SET_KEY, DATA_SET, part(images, "dataSet")),
  field("side", images, "size", integer(16, 256, 1, [32, 64, 128, 224])),
  field("fit", images, "fit", choice(["crop", "letterbox"])),
  field("test-share", images, "testShare", number(0.1, 0.5)),
  field("per-class", images, "perClass", integer(0, 100_000)),
  field("split-seed", images, "seed", SEED),
  field("class-level", images, "classLevel", integer(0, 16)),
  field("split", images, "split", choice(["folders", "drawn"])),
  ...NORMALISATION_PROPERTIES,
  ...trainingProperties("teacher-", "teacher"),
  ...trainingProperties("", "distillation"),
  field("alpha", distillation, "alpha", number(0, 100)),
  ...LOSS_PROPERTIES,
  ASSISTANTS,
  field("start", distillation, "start", choice(["random", "given"])),
  field("reference", reference, "images", integer(4, 256)),
  field("reference-seed", reference, "seed", SEED),
  field("timeline-pictures", timeline, "pictures", integer(0, 12)),
  field("timeline-every", timeline, "every", integer(0, 100_000)),
  field("timeline-layer", timeline, "layer", integer(0, 5)),
  ...SCORE_PROPERTIES,
  field("layer", view, "layer", integer(1, 5)),
  field("objective", view, "objective", choice(["relevance", "unique"])),
  field("opacity", view, "opacity", number(0, 1)),
  field("outline", view, "outline", toggle),
  field("class-method", view, "classMethod", choice(CLASS_METHODS)),
  field("sign", view, "sign", choice(["positive", "signed"])),
  field("scale", view, "scale", choice(["own", "shared"])),
  field("maps", view, "maps", subset(MAP_KINDS)),
  field("difference", view, "difference", toggle),
];

const BY_KEY = new Map(PROPERTIES.map((entry) => [entry.key, entry]));

/** The property of a key that the code itself spells; an unknown one is a mistake in the code. */
export function propertyOf(key: string): Property {
  const found = BY_KEY.get(key);
  if (!found) throw new Error(`no setting is called "${key}"`);
  return found;
}
