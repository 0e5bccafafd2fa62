// jax-js: the whole step is one compiled function, as its documentation advises. Every function takes its arguments over;
// `.ref` is a second hand on an array that is needed again.

import { type Array as Jax, defaultDevice, init, jit, lax, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { adapterName } from "./adapter";
import { type Engine, SEEDS } from "./engine";
import {
  type Block,
  blocksOf,
  EPSILON,
  generate,
  LEARNING_RATE,
  MOMENTUM,
  namesOf,
  type Shape,
  STATISTICS,
  TEMPERATURE,
  WEIGHT_DECAY,
  type Weight,
  type Weights,
} from "./networks";
import { labelsOf, oneHot, planes, records, SIDE } from "./pictures";

type Named = Record<string, Jax>;

export const engine: Engine = {
  async start(backend) {
    const wanted = backend === "webgpu" ? "webgpu" : "wasm";
    const devices = await init(wanted);
    if (!devices.includes(wanted)) throw new Error(`jax-js cannot start its backend ${wanted}`);
    defaultDevice(wanted);
    if (wanted === "webgpu") return { device: (await adapterName()) ?? "unnamed adapter", threads: 0 };
    // It starts as many workers as there are processors where memory can be shared.
    return { device: "CPU, WebAssembly with SIMD", threads: crossOriginIsolated ? navigator.hardwareConcurrency : 1 };
  },

  train({ teacher, student, batch, side }, per) {
    if (side !== SIDE) throw new Error(`pictures have ${String(SIDE)} pixels a side`);
    const file = records(batch, SEEDS.train);
    const [pixels, targets] = [planes(file, false), oneHot(labelsOf(file))];
    const guide = arrays(generate(teacher, SEEDS.teacher));
    let learners = [begin(student), begin(student)];
    const both = jit((guide: Named, pupil: Learner, base: Learner, x: Jax, y: Jax) => {
      const lesson = forward(teacher, guide, x.ref, evaluated(guide)).logits;
      const [response, nextPupil] = learn(student, pupil, x.ref, lesson, responseLoss);
      const [entropy, nextBase] = learn(student, base, x, y, crossEntropy);
      return [np.stack([response, entropy]), nextPupil, nextBase] as [Jax, Learner, Learner];
    });
    let unread: Jax[] = [];
    const step = (): void => {
      // The pictures of a step come from the host.
      const x = np.array(pixels, { shape: [batch, 3, SIDE, SIDE], dtype: np.float32 });
      const y = np.array(targets, { shape: [batch, targets.length / batch], dtype: np.float32 });
      const [pupil, base] = learners as [Learner, Learner];
      const [losses, nextPupil, nextBase] = both(held(guide), pupil, base, x, y);
      learners = [nextPupil, nextBase];
      unread.push(losses);
    };
    return Promise.resolve({
      async block() {
        for (let i = 0; i < per; i++) step();
        const values = await np.concatenate(unread).data();
        unread = [];
        return means(values);
      },
      queue() {
        step();
        for (const losses of unread) {
          // Nothing is sent to the device before somebody asks for it; asking gives the array away.
          if (losses.device === "webgpu") losses.gpuBufferSync();
          else losses.dispose();
        }
        unread = [];
        return Promise.resolve();
      },
    });
  },

  async pair({ network, stage, images }) {
    const file = records(images, SEEDS.test);
    const pixels = planes(file, false);
    const networks = [SEEDS.student, SEEDS.teacher].map((seed) => arrays(generate(network, seed))) as [Named, Named];
    const labels = uCentred(labelDistances(labelsOf(file)));
    await labels.blockUntilReady();
    const x = (): Jax => np.array(pixels, { shape: [images, 3, SIDE, SIDE], dtype: np.float32 });
    const features = (weights: Named, x: Jax): Jax => {
      const { logits, stages } = forward(network, weights, x, evaluated(weights));
      logits.dispose();
      const wanted = stages.splice(stage - 1, 1)[0];
      stages.forEach((other) => {
        other.dispose();
      });
      if (!wanted) throw new Error(`there is no stage ${String(stage)}`);
      return wanted;
    };
    const look = jit(features);
    const pair = jit(unicam);
    const both = jit((own: Named, other: Named, x: Jax, labels: Jax) =>
      unicam(features(own, x.ref), features(other, x), labels),
    );
    const [explained, given] = networks.map((weights) => look(held(weights), x())) as [Jax, Jax];
    const bare = async (): Promise<Float32Array> =>
      (await pair(explained.ref, given.ref, labels.ref).data()) as Float32Array;
    return {
      maps: async () => (await bare()).slice(1),
      works: [
        { isWhole: false, name: "the pair on features that lie on the device", run: bare },
        {
          isWhole: true,
          name: "two networks forward and the pair",
          run: () => both(held(networks[0]), held(networks[1]), x(), labels.ref).data(),
        },
      ],
    };
  },
};

function means(values: ArrayLike<number>): [number, number] {
  const sums: [number, number] = [0, 0];
  for (let i = 0; i < values.length; i += 2) {
    sums[0] += values[i] ?? NaN;
    sums[1] += values[i + 1] ?? NaN;
  }
  return [(2 * sums[0]) / values.length, (2 * sums[1]) / values.length];
}

function array({ shape, values }: Weight): Jax {
  return np.array(values, { shape, dtype: np.float32 });
}

function arrays(weights: Weights): Named {
  return Object.fromEntries([...weights].map(([name, weight]) => [name, array(weight)]));
}

/** A second hand on each. */
function held(named: Named): Named {
  return Object.fromEntries(Object.entries(named).map(([name, one]) => [name, one.ref]));
}

/** Takes one of several arrays that are each used once. */
function take(named: Named, name: string): Jax {
  const one = named[name];
  if (!one) throw new Error(`there is no ${name}`);
  return one;
}

/** One number a channel, spread over pictures and pixels. */
function perChannel(row: Jax): Jax {
  return row.reshape([1, -1, 1, 1]);
}

type Normalise = (x: Jax, norm: string) => Jax;

/** By running statistics. */
function evaluated(weights: Named): Normalise {
  const of = (norm: string, field: string): Jax => perChannel(take(weights, `${norm}.${field}`));
  return (x, norm) => {
    const slope = np.reciprocal(np.sqrt(of(norm, "running_var").add(EPSILON))).mul(of(norm, "weight"));
    return x.sub(of(norm, "running_mean")).mul(slope).add(of(norm, "bias"));
  };
}

/** By the batch's own statistics, which are handed on: mean and biased variance. */
function trained(weights: Named, statistics: Jax[]): Normalise {
  return (x, norm) => {
    const mean = x.ref.mean([0, 2, 3], { keepdims: true });
    const centred = x.sub(mean.ref);
    const variance = np.square(centred.ref).mean([0, 2, 3], { keepdims: true });
    statistics.push(mean.reshape([-1]), variance.ref.reshape([-1]));
    const slope = np.reciprocal(np.sqrt(variance.add(EPSILON))).mul(perChannel(take(weights, `${norm}.weight`)));
    return centred.mul(slope).add(perChannel(take(weights, `${norm}.bias`)));
  };
}

/** Every second pixel, and zero channels on both sides of the old ones. */
function shortcut(x: Jax, { inputs, outputs }: Block): Jax {
  if (inputs === outputs) return x;
  const [n = 1, , height = 1, width = 1] = x.shape;
  const halved = x.reshape([n, inputs, height / 2, 2, width / 2, 2]).slice([], [], [], 0, [], 0);
  const before = (outputs - inputs) / 2;
  return np.pad(halved, [
    [0, 0],
    [before, outputs - inputs - before],
    [0, 0],
    [0, 0],
  ]);
}

function forward(shape: Shape, weights: Named, x: Jax, normalise: Normalise): { logits: Jax; stages: Jax[] } {
  const layer = (x: Jax, conv: string, norm: string, stride: number): Jax => {
    const convolved = lax.convGeneralDilated(
      x,
      take(weights, `${conv}.weight`),
      [stride, stride],
      [
        [1, 1],
        [1, 1],
      ],
    );
    return normalise(convolved, norm);
  };
  let now = nn.relu(layer(x, "conv1", "bn1", 1));
  const stages: Jax[] = [];
  for (const block of blocksOf(shape)) {
    const { path, inputs, outputs, stage } = block;
    const hidden = nn.relu(layer(now.ref, `${path}.conv1`, `${path}.bn1`, inputs === outputs ? 1 : 2));
    now = nn.relu(layer(hidden, `${path}.conv2`, `${path}.bn2`, 1).add(shortcut(now, block)));
    stages[stage - 1]?.dispose();
    stages[stage - 1] = now.ref;
  }
  const weight = take(weights, "linear.weight").transpose();
  return { logits: np.matmul(now.mean([2, 3]), weight).add(take(weights, "linear.bias")), stages };
}

type Loss = (logits: Jax, lesson: Jax) => Jax;

function crossEntropy(logits: Jax, targets: Jax): Jax {
  const [n = 1] = logits.shape;
  return nn
    .logSoftmax(logits)
    .mul(targets)
    .sum()
    .mul(-1 / n);
}

function responseLoss(logits: Jax, teacher: Jax): Jax {
  const [n = 1] = logits.shape;
  const wanted = nn.logSoftmax(teacher.mul(1 / TEMPERATURE));
  const own = nn.logSoftmax(logits.mul(1 / TEMPERATURE));
  return np
    .exp(wanted.ref)
    .mul(wanted.sub(own))
    .sum()
    .mul(TEMPERATURE ** 2 / n);
}

/** A network under training. */
// A type and not an interface: only types are trees to jax-js.
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions
type Learner = { numbers: Named; velocities: Named; statistics: Jax[] };

function begin(shape: Shape): Learner {
  const weights = generate(shape, SEEDS.student);
  const { trained, statistics } = namesOf(weights);
  const of = (name: string): Jax => array(weights.get(name) as Weight);
  return {
    numbers: Object.fromEntries(trained.map((name) => [name, of(name)])),
    velocities: Object.fromEntries(trained.map((name) => [name, np.zeros((weights.get(name) as Weight).shape)])),
    statistics: statistics.map(of),
  };
}

/** One step of SGD as PyTorch has it; the loss before it. */
function learn(shape: Shape, learner: Learner, x: Jax, lesson: Jax, loss: Loss): [Jax, Learner] {
  const { numbers, velocities, statistics } = learner;
  const objective = (numbers: Named, x: Jax, lesson: Jax): [Jax, Jax[]] => {
    const seen: Jax[] = [];
    const { logits, stages } = forward(shape, numbers, x, trained(numbers, seen));
    stages.forEach((stage) => {
      stage.dispose();
    });
    return [loss(logits, lesson), seen];
  };
  const [[value, seen], gradients] = valueAndGrad(objective, { hasAux: true })(held(numbers), x, lesson) as unknown as [
    [Jax, Jax[]],
    Named,
  ];
  const next: Learner = { numbers: {}, velocities: {}, statistics: [] };
  for (const [name, number] of Object.entries(numbers)) {
    const decayed = take(gradients, name).add(number.ref.mul(WEIGHT_DECAY));
    const velocity = take(velocities, name).mul(MOMENTUM).add(decayed);
    next.velocities[name] = velocity.ref;
    next.numbers[name] = number.sub(velocity.mul(LEARNING_RATE));
  }
  next.statistics = statistics.map((former, i) => former.mul(1 - STATISTICS).add((seen[i] as Jax).mul(STATISTICS)));
  return [value, next];
}

/** The square root of two between pictures whose labels differ, zero within a class. */
function labelDistances(labels: number[]): Jax {
  return np.array(labels.map((a) => labels.map((b) => (a === b ? 0 : Math.SQRT2))));
}

/** One off the diagonal, zero on it. */
function offDiagonal(n: number): Jax {
  return np.ones([n, n]).sub(np.eye(n));
}

function uCentred(distances: Jax): Jax {
  const [n = 0] = distances.shape;
  const rows = distances.ref.sum(1, { keepdims: true }).mul(1 / (n - 2));
  const total = distances.ref.sum().mul(1 / ((n - 1) * (n - 2)));
  return distances.sub(rows.ref).sub(rows.transpose()).add(total).mul(offDiagonal(n));
}

function inner(a: Jax, b: Jax): Jax {
  const [n = 0] = a.shape;
  return a
    .mul(b)
    .sum()
    .mul(1 / (n * (n - 3)));
}

function distances(features: Jax): Jax {
  const [n = 0] = features.shape;
  const rows = features.reshape([n, -1]);
  const squares = np.square(rows.ref).sum(1, { keepdims: true });
  const products = np.matmul(rows.ref, rows.transpose());
  const squared = squares.ref.add(squares.transpose()).sub(products.mul(2));
  return np.sqrt(np.maximum(squared, 0)).mul(offDiagonal(n));
}

/** The objective and the maps `[1 + n * H * W]`, by the gradient in closed form: distances by dot products. */
function unicam(explained: Jax, given: Jax, labels: Jax): Jax {
  const [n = 0] = explained.shape;
  const own = distances(explained.ref);
  const removed = uCentred(distances(given));
  const without = (matrix: Jax): Jax => {
    const share = inner(matrix.ref, removed.ref).mul(np.reciprocal(inner(removed.ref, removed.ref)));
    return matrix.sub(removed.ref.mul(share));
  };
  const left = without(uCentred(own.ref));
  const size = inner(left.ref, left.ref);
  const norm = np.reciprocal(np.sqrt(size.ref.mul(inner(labels.ref, labels.ref))));
  const objective = inner(left.ref, labels.ref).mul(norm.ref);
  const gradient = without(labels.mul(norm).sub(left.mul(objective.ref.mul(np.reciprocal(size)))));
  removed.dispose();
  const pull = gradient
    .mul(np.reciprocal(own.add(np.eye(n))))
    .mul(offDiagonal(n))
    .mul(2 / (n * (n - 3)));
  const pooled = explained.ref.mean([2, 3]);
  const weights = pull.ref.sum(1, { keepdims: true }).mul(pooled.ref).sub(np.matmul(pull, pooled));
  const maps = nn.relu(explained.mul(weights.reshape([n, -1, 1, 1])).sum(1));
  return np.concatenate([objective.reshape([1]), maps.reshape([-1])]);
}
