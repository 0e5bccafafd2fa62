// Our own engine through its public door, as the page's worker uses it: the small one on the CPU, the whole one on WebGPU.

import type { Session } from "../../pkg/unicam.js";
import { adapterName } from "./adapter";
import { type Engine, type PairConfig, type PhotoShape, SEEDS, type StepConfig, type Training } from "./engine";
import { generate, LEARNING_RATE, MOMENTUM, TEMPERATURE, toSafetensors, WEIGHT_DECAY } from "./networks";
import { records } from "./pictures";

let session: Session;

type Door = typeof import("../../pkg/unicam.js");

function wholeEngine(): Promise<Door> {
  return import(/* webpackChunkName: "unicam-whole" */ "../../pkg/unicam.js");
}

/** Built from the same source: its door is the other's. */
async function smallEngine(): Promise<Door> {
  return (await import(/* webpackChunkName: "unicam-cpu" */ "../../pkg/cpu/unicam.js")) as unknown as Door;
}

export const engine: Engine = {
  async start(backend) {
    const door = await (backend === "cpu" ? smallEngine() : wholeEngine());
    await door.default();
    session = await door.Session.create(backend === "cpu" ? "cpu" : "webgpu");
    const { kind, name } = session.device();
    if (kind !== backend) throw new Error(`asked for ${backend}, got ${kind}`);
    return kind === "cpu" ? { device: name, threads: 1 } : { device: (await adapterName()) ?? name, threads: 0 };
  },

  async train({ teacher, student, batch, side }: StepConfig, per) {
    // As many pictures as a step takes: whatever the order, each step sees all of them, as with the other engines.
    takePictures(batch, 3 * CLASSES_TESTED, side);
    await session.loadTeacher(toSafetensors(generate(teacher, SEEDS.teacher)), { network: null, order: [] });
    await session.loadStudentStart(toSafetensors(generate(student, SEEDS.student)));
    return distil({ family: "cifar-resnet", ...student }, "given", batch, per);
  },

  async trainOnPhotos({ teacher, student, batch, side }, per) {
    takePictures(batch, 3 * CLASSES_TESTED, side);
    const network = (shape: PhotoShape): Architecture => ({ family: "resnet", ...shape, smallStem: false });
    session.startTeacher({
      network: network(teacher),
      start: "random",
      optimiser: { ...optimiser(CLASSES_TESTED, 1), steps: 1 },
    });
    while (await session.next());
    return distil(network(student), "random", batch, per);
  },

  async pair({ network, stage, images }: PairConfig) {
    const file = takePictures(4 * CLASSES_TESTED, images, 32);
    await session.loadTeacher(toSafetensors(generate(network, SEEDS.teacher)), { network: null, order: [] });
    const student = toSafetensors(generate(network, SEEDS.student));
    await session.loadStudents(student, toSafetensors(generate(network, SEEDS.pairStudent)));
    const reference = { images, seed: 1 };
    const explain = { reference, layer: stage, objective: "relevance" as const };
    const places = placesOf(file, images);
    return {
      async maps() {
        const explanation = await session.explain(explain);
        const [{ maps, rawSizes, images: explained }, raw] = [explanation.report(), explanation.raw()];
        explanation.free();
        const areas = rawSizes.map(({ width, height }) => width * height);
        const kind = maps.indexOf("studentGivenTeacher");
        const [area, before] = [areas[kind] ?? 0, areas.slice(0, kind).reduce((sum, size) => sum + size, 0)];
        const whole = areas.reduce((sum, size) => sum + size, 0);
        const own = new Float32Array(images * area);
        explained.forEach(({ index }, slot) => {
          const from = slot * whole + before;
          own.set(raw.subarray(from, from + area), (places[index] ?? 0) * area);
        });
        return own;
      },
      works: [
        {
          isWhole: true,
          name: "a batch of a spread: two networks forward, the pair, one picture's map",
          run: spread({
            image: 0,
            map: "studentGivenTeacher",
            layer: stage,
            objective: "relevance",
            reference,
            batches: 64,
          }),
        },
        {
          isWhole: false,
          name: "`explain`: three networks forward, four pairs, three class maps, all scaled to the pictures",
          run: async () => {
            const explanation = await session.explain(explain);
            explanation.raw();
            explanation.free();
          },
        },
      ],
    };
  },
};

type Architecture = Parameters<Session["startDistillation"]>[0]["student"];
type Optimiser = Parameters<Session["startDistillation"]>[0]["optimiser"];

/** The rule of every engine's step; losses are told `per` steps. */
function optimiser(batchSize: number, per: number): Optimiser {
  return {
    steps: 1_000_000,
    batchSize,
    learningRate: LEARNING_RATE,
    algorithm: { kind: "sgd", momentum: MOMENTUM, weightDecay: WEIGHT_DECAY, nesterov: false },
    schedule: { kind: "step", milestones: [], decay: 1 },
    cropPadding: 0,
    flip: false,
    reportEvery: per,
    evaluateEvery: 1_000_000,
    seed: 1,
  };
}

/** Begins a Student of this shape and its Base under the Teacher that is there. */
async function distil(student: Architecture, start: "given" | "random", batch: number, per: number): Promise<Training> {
  session.startDistillation({
    student,
    start,
    alpha: 0,
    terms: [{ weight: 1, loss: { kind: "response", temperature: TEMPERATURE } }, ...looksAtEveryBatch()],
    assistants: [],
    optimiser: optimiser(batch, per),
  });
  // The accuracies from which the run starts out belong to no step.
  await until("evaluation");
  return {
    async block() {
      const { student, base } = await until("report");
      return [student.total, base?.total ?? NaN];
    },
    async queue() {
      await until("step");
    },
  };
}

/**
 * On the CPU the engine remembers what a Teacher answered, and here all steps see the same pictures: only with a loss on
 * features, even of no weight, does it go through the Teacher at each, as the other engines do.
 */
function looksAtEveryBatch(): Parameters<Session["startDistillation"]>[0]["terms"] {
  return session.device().kind === "cpu" ? [{ weight: 0, loss: { kind: "attention" } }] : [];
}

/** Classes that a set of pictures must have in both of its parts. */
const CLASSES_TESTED = 10;

/** Gives the session pictures to learn from and to test with; the file of the latter. */
function takePictures(train: number, test: number, size: number): Uint8Array {
  const file = records(test, SEEDS.test);
  session.beginImages({ size, testShare: 0.25, perClass: 0, seed: 0 });
  session.addFile("data_batch_1.bin", records(train, SEEDS.train));
  session.addFile("test_batch.bin", file);
  session.finishImages();
  return file;
}

/** For each test picture of the session its place in the file that it came from. */
function placesOf(file: Uint8Array, count: number): number[] {
  const record = file.length / count;
  const area = (record - 1) / 3;
  return Array.from({ length: count }, (_, index) => {
    const { rgba } = session.picture("test", index);
    const isIt = (place: number): boolean => {
      for (let at = 0; at < area; at++) if (file[place * record + 1 + at] !== rgba[4 * at]) return false;
      return true;
    };
    return Array.from({ length: count }, (_, place) => place).findIndex(isIt);
  });
}

type Spread = Parameters<Session["startSpread"]>[0];

/** One batch a call; a spread that has all its batches begins anew. */
function spread(config: Spread): () => Promise<void> {
  let left = 0;
  return async () => {
    if (left === 0) session.startSpread(config);
    const { done, total } = await session.advanceSpread();
    left = total - done;
  };
}

type Event = NonNullable<Awaited<ReturnType<Session["next"]>>>;

/** Pulls the run until an event of this kind. */
async function until<Kind extends Event["kind"]>(kind: Kind): Promise<Extract<Event, { kind: Kind }>> {
  for (;;) {
    const event = await session.next();
    if (!event) throw new Error(`the run ended before its ${kind}`);
    if (event.kind === kind) return event as Extract<Event, { kind: Kind }>;
  }
}
