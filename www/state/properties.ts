import { choice, type Codec, type InputRules, integer, number, shares, subset, toggle } from "./codecs";
import { LOSS_KINDS, MAP_KINDS, type Settings, type TrainingSettings } from "./settings";

/** One setting: its key in the address, where it lives, and its rules. Forms and the address both go by this. */
export interface Property {
  key: string;
  input: InputRules;
  /** the value as text */
  read(settings: Settings): string;
  /** new settings with the value that the text stands for; undefined if it breaks the rules */
  write(settings: Settings, text: string): Settings | undefined;
}

const SEED = integer(0, 2 ** 31 - 1);

/** Every setting of the page, in the order in which they stand in the address. */
export const PROPERTIES: readonly Property[] = [
  property("dial", "scenes", "backgroundDial", number(0, 1)),
  property("train", "scenes", "trainImages", integer(60, 20_000)),
  property("test", "scenes", "testImages", integer(24, 6_000)),
  property("size", "scenes", "size", integer(16, 128)),
  property("scene-seed", "scenes", "seed", SEED),
  property("side", "images", "size", integer(16, 128)),
  property("test-share", "images", "testShare", number(0.1, 0.5)),
  property("per-class", "images", "perClass", integer(0, 100_000)),
  property("split-seed", "images", "seed", SEED),
  ...training("teacher-", "teacher"),
  ...training("", "student"),
  property("loss", "student", "loss", choice(LOSS_KINDS)),
  property("temperature", "student", "temperature", number(0.1, 100)),
  property("alpha", "student", "alpha", number(0, 100)),
  property("beta", "student", "beta", number(0, 10_000)),
  property("start", "student", "start", choice(["random", "given"])),
  property("reference", "reference", "images", integer(4, 256)),
  property("reference-seed", "reference", "seed", SEED),
  property("layer", "view", "layer", integer(1, 3)),
  property("objective", "view", "objective", choice(["relevance", "unique"])),
  property("opacity", "view", "opacity", number(0, 1)),
  property("outline", "view", "outline", toggle),
  property("maps", "view", "maps", subset(MAP_KINDS)),
];

const BY_KEY = new Map(PROPERTIES.map((entry) => [entry.key, entry]));

/** The property of a key that the code itself spells; an unknown one is a mistake in the code. */
export function propertyOf(key: string): Property {
  const found = BY_KEY.get(key);
  if (!found) throw new Error(`no setting is called "${key}"`);
  return found;
}

/** The settings that a training has, under a prefix. */
function training(prefix: string, section: "teacher" | "student"): Property[] {
  const field = <F extends keyof TrainingSettings>(key: string, name: F, codec: Codec<TrainingSettings[F]>): Property =>
    lens(
      prefix + key,
      codec,
      (settings) => settings[section][name],
      (settings, value) => ({ ...settings, [section]: { ...settings[section], [name]: value } }),
    );
  return [
    field("blocks", "blocks", integer(1, 18)),
    field("width", "width", integer(4, 64, 4)),
    field("steps", "steps", integer(1, 100_000)),
    field("batch", "batchSize", integer(2, 512)),
    field("rate", "learningRate", number(0.000001, 10)),
    field("momentum", "momentum", number(0, 0.999)),
    field("weight-decay", "weightDecay", number(0, 1)),
    field("milestones", "milestones", shares),
    field("decay", "decay", number(0.0001, 1)),
    field("crop", "cropPadding", integer(0, 16)),
    field("flip", "flip", toggle),
    field("report-every", "reportEvery", integer(1, 10_000)),
    field("evaluate-every", "evaluateEvery", integer(1, 100_000)),
    field("seed", "seed", SEED),
  ];
}

function property<S extends keyof Settings, F extends keyof Settings[S]>(
  key: string,
  section: S,
  name: F,
  codec: Codec<Settings[S][F]>,
): Property {
  return lens(
    key,
    codec,
    (settings) => settings[section][name],
    (settings, value) => ({ ...settings, [section]: { ...settings[section], [name]: value } }),
  );
}

function lens<V>(
  key: string,
  codec: Codec<V>,
  get: (settings: Settings) => V,
  set: (settings: Settings, value: V) => Settings,
): Property {
  return {
    key,
    input: codec.input,
    read: (settings) => codec.write(get(settings)),
    write: (settings, text) => {
      const value = codec.read(text);
      return value === undefined ? undefined : set(settings, value);
    },
  };
}
