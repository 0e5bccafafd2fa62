import type { Algorithm, Schedule } from "../protocol/contract";
import { choice, integer, number, shares, toggle } from "./codecs";
import { field, kindChoice, kindField, lens, part, type Place, type Property, section } from "./lens";
import { BATCH_NORM, BLOCKS, DEPTHS, FAMILIES, WIDTH } from "./networks";
import type { Settings } from "./settings";

/** Seeds that the page's forms take. */
export const SEED = integer(0, 2 ** 31 - 1);

const ALGORITHMS: Record<Algorithm["kind"], Algorithm> = {
  sgd: { kind: "sgd", momentum: 0.9, weightDecay: 0.0005, nesterov: false },
  adamw: { kind: "adamw", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 },
};

const SCHEDULES: Record<Schedule["kind"], Schedule> = {
  step: { kind: "step", milestones: [0.6, 0.85], decay: 0.25 },
  cosine: { kind: "cosine", warmUp: 0.05, floor: 0 },
};

/** The settings of a training, the Teacher's or that of Student and Base, under a prefix. */
export function trainingProperties(prefix: string, name: "teacher" | "distillation"): Property[] {
  const network = networkPlace(name);
  const optimiser = optimiserPlace(name);
  const algorithm = part(optimiser, "algorithm");
  const schedule = part(optimiser, "schedule");
  const key = (of: string): string => prefix + of;
  return [
    kindChoice(key("family"), network, "family", FAMILIES),
    kindField(key("blocks"), network, "blocks", BLOCKS),
    kindField(key("resnet-depth"), network, "depth", DEPTHS.resnet, ({ family }) => family === "resnet"),
    kindField(key("vgg-depth"), network, "depth", DEPTHS.vgg, ({ family }) => family === "vgg"),
    kindField(key("batch-norm"), network, "batchNorm", BATCH_NORM),
    kindField(key("width"), network, "width", WIDTH),
    field(key("steps"), optimiser, "steps", integer(1, 100_000)),
    field(key("batch"), optimiser, "batchSize", integer(2, 512)),
    field(key("rate"), optimiser, "learningRate", number(0.000001, 10)),
    kindChoice(key("optimiser"), algorithm, "kind", ALGORITHMS),
    kindField(key("momentum"), algorithm, "momentum", number(0, 0.999)),
    kindField(key("nesterov"), algorithm, "nesterov", toggle),
    kindField(key("beta1"), algorithm, "beta1", number(0, 0.9999)),
    kindField(key("beta2"), algorithm, "beta2", number(0, 0.99999)),
    kindField(key("epsilon"), algorithm, "epsilon", number(1e-12, 1)),
    kindField(key("weight-decay"), algorithm, "weightDecay", number(0, 1)),
    kindChoice(key("schedule"), schedule, "kind", SCHEDULES),
    kindField(key("milestones"), schedule, "milestones", shares),
    kindField(key("decay"), schedule, "decay", number(0.0001, 1)),
    kindField(key("warm-up"), schedule, "warmUp", number(0, 0.99)),
    kindField(key("floor"), schedule, "floor", number(0, 1)),
    field(key("crop"), optimiser, "cropPadding", integer(0, 16)),
    lens(key("crop-area"), number(0.01, 1), leftOutAt1(optimiser, "cropArea")),
    lens(key("accumulation"), integer(1, 256), leftOutAt1(optimiser, "accumulation")),
    field(key("flip"), optimiser, "flip", toggle),
    field(key("report-every"), optimiser, "reportEvery", integer(1, 10_000)),
    field(key("evaluate-every"), optimiser, "evaluateEvery", integer(1, 100_000)),
    field(key("seed"), optimiser, "seed", SEED),
    ...(name === "teacher" ? [TEACHER_START] : []),
  ];
}

/** What a Teacher's training begins with. Settings that leave it out mean random weights, and stay as they are. */
const TEACHER_START = lens<"random" | "given">("teacher-start", choice(["random", "given"]), {
  get: ({ teacher }) => teacher.start ?? "random",
  set: (settings, start) => {
    const teacher = { ...settings.teacher, start: start ?? "random" };
    if (teacher.start === "random") delete (teacher as Partial<typeof teacher>).start;
    return { ...settings, teacher };
  },
});

/** What changes nothing where it is 1. Settings that leave it out mean that, and stay as they are. */
function leftOutAt1(
  optimiser: Place<Settings["teacher"]["optimiser"]>,
  name: "cropArea" | "accumulation",
): Place<number | undefined> {
  return {
    get: (settings) => optimiser.get(settings)[name] ?? 1,
    set: (settings, value) => {
      const changed = { ...optimiser.get(settings), [name]: value };
      if (value === undefined || value === 1) Reflect.deleteProperty(changed, name);
      return optimiser.set(settings, changed);
    },
  };
}

function optimiserPlace(name: "teacher" | "distillation"): Place<Settings["teacher"]["optimiser"]> {
  return name === "teacher" ? part(section("teacher"), "optimiser") : part(section("distillation"), "optimiser");
}

function networkPlace(name: "teacher" | "distillation"): Place<Settings["teacher"]["network"]> {
  return name === "teacher" ? part(section("teacher"), "network") : part(section("distillation"), "student");
}
