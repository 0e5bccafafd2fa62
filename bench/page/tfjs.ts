// TensorFlow.js: channels last, as its kernels want it. What its automatic gradients do badly is written out: batch
// normalisation and shortcut in closed form, the gradients of a convolution in the way that was measured to be the
// fastest (its WebAssembly backend has no kernel for that of the weights), and no product with a transposed second factor,
// which its WebGPU backend gets wrong (4.22: `matMul(a, b, false, true)`). All trained numbers of a network lie in one tensor, so that the
// optimiser takes six kernels.

import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-core/dist/register_all_gradients";
import { adapterName, rendererName } from "./adapter";
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

type Named = Record<string, tf.Tensor>;

export const engine: Engine = {
  async start(backend) {
    let threads = 0;
    if (backend === "webgpu") await import(/* webpackChunkName: "tfjs-webgpu" */ "@tensorflow/tfjs-backend-webgpu");
    if (backend === "webgl") await import(/* webpackChunkName: "tfjs-webgl" */ "@tensorflow/tfjs-backend-webgl");
    if (backend === "wasm") {
      const wasm = await import(/* webpackChunkName: "tfjs-wasm" */ "@tensorflow/tfjs-backend-wasm");
      // Its own default is half of the processors.
      wasm.setThreadsCount(navigator.hardwareConcurrency);
      wasm.setWasmPaths({
        "tfjs-backend-wasm.wasm": url(
          new URL("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm", import.meta.url),
        ),
        "tfjs-backend-wasm-simd.wasm": url(
          new URL("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm", import.meta.url),
        ),
        "tfjs-backend-wasm-threaded-simd.wasm": url(
          new URL("@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm", import.meta.url),
        ),
      });
      if (!(await tf.setBackend(backend))) throw new Error("TensorFlow.js cannot start its backend wasm");
      threads = wasm.getThreadsCount();
      return { device: "CPU, WebAssembly with SIMD", threads };
    }
    if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js cannot start its backend ${backend}`);
    await tf.ready();
    return { device: (backend === "webgl" ? rendererName() : await adapterName()) ?? "unnamed", threads };
  },

  train({ teacher, student, batch, side }, per) {
    if (side !== SIDE) throw new Error(`pictures have ${String(SIDE)} pixels a side`);
    const file = records(batch, SEEDS.train);
    const [pixels, targets] = [planes(file, true), oneHot(labelsOf(file))];
    const guide = constants(generate(teacher, SEEDS.teacher));
    const learners = [responseLoss, crossEntropy].map((loss) => new Learner(student, loss));
    let unread: tf.Tensor[] = [];
    const step = (): void => {
      // The pictures of a step come from the host.
      const losses = tf.tidy(() => {
        const x = tf.tensor4d(pixels, [batch, SIDE, SIDE, 3]);
        const y = tf.tensor2d(targets, [batch, targets.length / batch]);
        const lesson = forward(teacher, guide, x, evaluated(guide)).logits;
        return tf.stack(learners.map((learner) => learner.step(x, learner.loss === responseLoss ? lesson : y)));
      });
      unread.push(losses);
    };
    return Promise.resolve({
      async block() {
        for (let i = 0; i < per; i++) step();
        const all = tf.stack(unread);
        unread.forEach((losses) => losses.dispose());
        unread = [];
        const values = await all.data();
        all.dispose();
        return means(values);
      },
      queue() {
        step();
        unread.forEach((losses) => losses.dispose());
        unread = [];
        return Promise.resolve();
      },
    });
  },

  pair({ network, stage, images }) {
    const file = records(images, SEEDS.test);
    const pixels = planes(file, true);
    const networks = [SEEDS.student, SEEDS.teacher].map((seed) => constants(generate(network, seed)));
    const features = (): tf.Tensor4D[] => {
      const x = tf.tensor4d(pixels, [images, SIDE, SIDE, 3]);
      return networks.map(
        (weights) => forward(network, weights, x, evaluated(weights)).stages[stage - 1] as tf.Tensor4D,
      );
    };
    const labels = tf.tidy(() => uCentred(labelDistances(labelsOf(file))));
    const [explained, given] = tf.tidy(features);
    if (!explained || !given) throw new Error("a pair has two networks");
    const read = async (maps: tf.Tensor): Promise<Float32Array> => {
      const values = (await maps.data()) as Float32Array;
      maps.dispose();
      return values;
    };
    const bare = (): Promise<Float32Array> => read(tf.tidy(() => unicam(explained, given, labels)));
    const whole = (): Promise<Float32Array> =>
      read(
        tf.tidy(() => {
          const [own = explained, other = given] = features();
          return unicam(own, other, labels);
        }),
      );
    return Promise.resolve({
      maps: async () => (await bare()).slice(1),
      works: [
        { isWhole: false, name: "the pair on features that lie on the device", run: bare },
        { isWhole: true, name: "two networks forward and the pair", run: whole },
      ],
    });
  },
};

function url(of: URL): string {
  return of.href;
}

function means(values: ArrayLike<number>): [number, number] {
  const sums: [number, number] = [0, 0];
  for (let i = 0; i < values.length; i += 2) {
    sums[0] += values[i] ?? NaN;
    sums[1] += values[i + 1] ?? NaN;
  }
  return [(2 * sums[0]) / values.length, (2 * sums[1]) / values.length];
}

/** Kernels as `[3, 3, inputs, outputs]`, the classifier as `[features, classes]`. */
function turned({ shape, values }: Weight): tf.Tensor {
  return tf.tidy(() => {
    const tensor = tf.tensor(values, shape);
    if (shape.length === 4) return tf.transpose(tensor, [2, 3, 1, 0]);
    return shape.length === 2 ? tf.transpose(tensor) : tensor.clone();
  });
}

function constants(weights: Weights): Named {
  return Object.fromEntries([...weights].map(([name, weight]) => [name, turned(weight)]));
}

/** Batch normalisation behind the convolution that `name` belongs to. */
type Normalise = (x: tf.Tensor4D, norm: string) => tf.Tensor4D;

/** By running statistics. */
function evaluated(weights: Named): Normalise {
  const of = (norm: string, field: string): tf.Tensor1D => weights[`${norm}.${field}`] as tf.Tensor1D;
  return (x, norm) =>
    tf.batchNorm4d(x, of(norm, "running_mean"), of(norm, "running_var"), of(norm, "bias"), of(norm, "weight"), EPSILON);
}

/** By the batch's own statistics, which are handed on: mean and biased variance. */
function trained(weights: Named, statistics: (mean: tf.Tensor, variance: tf.Tensor) => void): Normalise {
  const places = [0, 1, 2];
  return (x, norm) => {
    const count = x.size / x.shape[3];
    const run = tf.customGrad((x, scale, shift, save) => {
      const input = x as tf.Tensor;
      const mean = tf.mean(input, places);
      const centred = tf.sub(input, mean);
      const variance = tf.mean(tf.square(centred), places);
      statistics(tf.keep(mean), tf.keep(variance));
      const slope = tf.rsqrt(tf.add(variance, EPSILON));
      const unit = tf.mul(centred, slope);
      (save as tf.GradSaveFunc)([unit, slope, scale as tf.Tensor]);
      const value = tf.add(tf.mul(unit, scale as tf.Tensor), shift as tf.Tensor);
      const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
        const [unit, slope, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
        const dShift = tf.sum(dy, places);
        const dScale = tf.sum(tf.mul(dy, unit), places);
        const inner = tf.sub(tf.sub(dy, tf.div(dShift, count)), tf.mul(unit, tf.div(dScale, count)));
        return [tf.mul(inner, tf.mul(scale, slope)), dScale, dShift];
      };
      return { value, gradFunc };
    });
    return run(x, weights[`${norm}.weight`] as tf.Tensor, weights[`${norm}.bias`] as tf.Tensor) as tf.Tensor4D;
  };
}

/** A convolution of 3x3, padded by one pixel on each side. */
function convolve(x: tf.Tensor4D, kernel: tf.Tensor, stride: number): tf.Tensor4D {
  const onCpu = tf.getBackend() === "wasm";
  const run = tf.customGrad((x, kernel, save) => {
    const [input, filter] = [x as tf.Tensor4D, kernel as tf.Tensor4D];
    (save as tf.GradSaveFunc)([input, filter]);
    const value = tf.conv2d(input, filter, stride, 1, "NHWC", 1, "floor");
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
      return onCpu
        ? [spreadByConvolution(dy as tf.Tensor4D, filter, stride), kernelByConvolution(x, dy as tf.Tensor4D, stride)]
        : [
            tf.conv2dTranspose(dy as tf.Tensor4D, filter, x.shape, stride, 1, "floor"),
            kernelByProduct(x, dy as tf.Tensor4D, stride),
          ];
    };
    return { value, gradFunc };
  });
  return run(x, kernel) as tf.Tensor4D;
}

/** The gradient of the input as a convolution with the kernel turned round: 20 times as fast as XNNPACK's own. */
function spreadByConvolution(dy: tf.Tensor4D, kernel: tf.Tensor4D, stride: number): tf.Tensor4D {
  const turned = tf.transpose(tf.reverse(kernel, [0, 1]), [0, 1, 3, 2]);
  return tf.conv2d(stride === 1 ? dy : spaced(dy), turned, 1, 1, "NHWC", 1, "floor");
}

/** The gradient of the kernel as a convolution of channels over pictures: 10 times as fast as a product of columns. */
function kernelByConvolution(x: tf.Tensor4D, dy: tf.Tensor4D, stride: number): tf.Tensor4D {
  const [inputs, outputs] = [x.shape[3], dy.shape[3]];
  const turned = tf.conv2d(
    tf.transpose(x, [3, 1, 2, 0]),
    tf.transpose(dy, [1, 2, 0, 3]),
    1,
    1,
    "NHWC",
    stride,
    "floor",
  );
  return tf.transpose(tf.slice(turned, [0, 0, 0, 0], [inputs, 3, 3, outputs]), [1, 2, 0, 3]);
}

/** The gradient of the kernel as one product of columns, which a GPU can spread over its cores. */
function kernelByProduct(x: tf.Tensor4D, dy: tf.Tensor4D, stride: number): tf.Tensor4D {
  const [n, height, width, outputs] = dy.shape;
  const inputs = x.shape[3];
  const padded = tf.pad(x, [
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  const ends = [height, width].map((extent) => (extent - 1) * stride + 1) as [number, number];
  const views = Array.from({ length: 9 }, (_, shift) => {
    const [down, right] = [Math.floor(shift / 3), shift % 3];
    const end = [n, down + ends[0], right + ends[1], inputs];
    return tf.stridedSlice(padded, [0, down, right, 0], end, [1, stride, stride, 1]);
  });
  const positions = n * height * width;
  const columns = tf.reshape(tf.concat(views, 3), [positions, 9 * inputs]);
  const product = tf.matMul(columns, tf.reshape(dy, [positions, outputs]), true, false);
  return tf.reshape(product, [3, 3, inputs, outputs]);
}

/** Twice the extents: a zero behind each pixel in both directions. */
function spaced(x: tf.Tensor4D): tf.Tensor4D {
  const [n, height, width, channels] = x.shape;
  const wide = tf.reshape(
    tf.pad(x, [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, channels],
    ]),
    [n, height, 2 * width * channels],
  );
  return tf.reshape(
    tf.pad(wide, [
      [0, 0],
      [0, 0],
      [0, 2 * width * channels],
    ]),
    [n, 2 * height, 2 * width, channels],
  );
}

/** Every second pixel, and zero channels on both sides of the old ones. */
function shortcut(x: tf.Tensor4D, { inputs, outputs }: Block): tf.Tensor4D {
  if (inputs === outputs) return x;
  const before = (outputs - inputs) / 2;
  const run = tf.customGrad((x) => {
    const input = x as tf.Tensor4D;
    const [n, height, width] = input.shape;
    const halved = tf.stridedSlice(input, [0, 0, 0, 0], [n, height, width, inputs], [1, 2, 2, 1]);
    const value = tf.pad(halved, [
      [0, 0],
      [0, 0],
      [0, 0],
      [before, outputs - inputs - before],
    ]);
    const gradFunc = (dy: tf.Tensor): tf.Tensor =>
      spaced(tf.slice(dy as tf.Tensor4D, [0, 0, 0, before], [-1, -1, -1, inputs]));
    return { value, gradFunc };
  });
  return run(x) as tf.Tensor4D;
}

/** `x w + b`, whose gradients are spelled out: TensorFlow.js would transpose the second factor. */
function classify(x: tf.Tensor, weight: tf.Tensor, bias: tf.Tensor): tf.Tensor2D {
  const run = tf.customGrad((x, weight, bias, save) => {
    (save as tf.GradSaveFunc)([x as tf.Tensor, weight as tf.Tensor]);
    const value = tf.add(tf.matMul(x as tf.Tensor, weight as tf.Tensor), bias as tf.Tensor);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [x, weight] = saved as [tf.Tensor, tf.Tensor];
      return [tf.matMul(dy, tf.transpose(weight)), tf.matMul(tf.transpose(x), dy), tf.sum(dy, 0)];
    };
    return { value, gradFunc };
  });
  return run(x, weight, bias) as tf.Tensor2D;
}

function forward(
  shape: Shape,
  weights: Named,
  x: tf.Tensor4D,
  normalise: Normalise,
): { logits: tf.Tensor2D; stages: tf.Tensor4D[] } {
  const layer = (x: tf.Tensor4D, conv: string, norm: string, stride: number): tf.Tensor4D =>
    normalise(convolve(x, weights[`${conv}.weight`] as tf.Tensor, stride), norm);
  let now = tf.relu(layer(x, "conv1", "bn1", 1));
  const stages: tf.Tensor4D[] = [];
  for (const block of blocksOf(shape)) {
    const { path, inputs, outputs, stage } = block;
    const hidden = tf.relu(layer(now, `${path}.conv1`, `${path}.bn1`, inputs === outputs ? 1 : 2));
    now = tf.relu(tf.add(layer(hidden, `${path}.conv2`, `${path}.bn2`, 1), shortcut(now, block)));
    stages[stage - 1] = now;
  }
  const pooled = tf.mean(now, [1, 2]);
  return {
    logits: classify(pooled, weights["linear.weight"] as tf.Tensor, weights["linear.bias"] as tf.Tensor),
    stages,
  };
}

type Loss = (logits: tf.Tensor2D, lesson: tf.Tensor2D) => tf.Scalar;

function crossEntropy(logits: tf.Tensor2D, targets: tf.Tensor2D): tf.Scalar {
  return tf.div(tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), targets))), logits.shape[0]);
}

function responseLoss(logits: tf.Tensor2D, teacher: tf.Tensor2D): tf.Scalar {
  const [wanted, own] = [teacher, logits].map((each) => tf.logSoftmax(tf.div(each, TEMPERATURE))) as [
    tf.Tensor,
    tf.Tensor,
  ];
  return tf.mul(tf.sum(tf.mul(tf.exp(wanted), tf.sub(wanted, own))), TEMPERATURE ** 2 / logits.shape[0]);
}

/** A network under training: its trained numbers, velocities and running statistics are one tensor each. */
class Learner {
  private readonly names: string[];
  private readonly shapes: number[][];
  private readonly sizes: number[];
  private numbers: tf.Tensor1D;
  private velocity: tf.Tensor1D;
  private statistics: tf.Tensor1D;

  constructor(
    private readonly shape: Shape,
    readonly loss: Loss,
  ) {
    const weights = generate(shape, SEEDS.student);
    const { trained, statistics } = namesOf(weights);
    const tensors = trained.map((name) => turned(weights.get(name) as Weight));
    this.names = trained;
    this.shapes = tensors.map((tensor) => tensor.shape);
    this.sizes = tensors.map(({ size }) => size);
    this.numbers = tf.keep(tf.tidy(() => tf.concat1d(tensors.map((tensor) => tf.reshape(tensor, [-1])))));
    this.velocity = tf.keep(tf.zerosLike(this.numbers));
    this.statistics = tf.keep(
      tf.tidy(() => tf.concat1d(statistics.map((name) => tf.tensor1d((weights.get(name) as Weight).values)))),
    );
    tensors.forEach((tensor) => tensor.dispose());
  }

  /** One step of SGD as PyTorch has it; the loss before it. */
  step(x: tf.Tensor4D, lesson: tf.Tensor2D): tf.Scalar {
    const pieces = tf.split(this.numbers, this.sizes).map((piece, i) => tf.reshape(piece, this.shapes[i] ?? []));
    let seen: tf.Tensor[] = [];
    const { value, grads } = tf.valueAndGrads((...pieces: tf.Tensor[]) => {
      const weights: Named = Object.fromEntries(this.names.map((name, i) => [name, pieces[i] as tf.Tensor]));
      seen = [];
      const normalise = trained(weights, (mean, variance) => seen.push(mean, variance));
      return this.loss(forward(this.shape, weights, x, normalise).logits, lesson);
    })(pieces);
    const gradient = tf.concat1d(grads.map((grad) => tf.reshape(grad, [-1])));
    const decayed = tf.add(gradient, tf.mul(this.numbers, WEIGHT_DECAY));
    const velocity = tf.add(tf.mul(this.velocity, MOMENTUM), decayed);
    const numbers = tf.sub(this.numbers, tf.mul(velocity, LEARNING_RATE));
    const batch = tf.concat1d(seen as tf.Tensor1D[]);
    const statistics = tf.add(tf.mul(this.statistics, 1 - STATISTICS), tf.mul(batch, STATISTICS));
    [this.numbers, this.velocity, this.statistics, ...seen].forEach((former) => former.dispose());
    this.numbers = tf.keep(numbers) as tf.Tensor1D;
    this.velocity = tf.keep(velocity) as tf.Tensor1D;
    this.statistics = tf.keep(statistics) as tf.Tensor1D;
    return value as tf.Scalar;
  }
}

/** One between pictures whose labels differ (times the square root of two), zero within a class. */
function labelDistances(labels: number[]): tf.Tensor2D {
  return tf.tensor2d(labels.map((a) => labels.map((b) => (a === b ? 0 : Math.SQRT2))));
}

/** One off the diagonal, zero on it. */
function offDiagonal(n: number): tf.Tensor2D {
  return tf.sub(1, tf.eye(n));
}

function uCentred(distances: tf.Tensor2D): tf.Tensor2D {
  const [n] = distances.shape;
  const sums = tf.sum(distances, 1, true);
  const rows = tf.div(sums, n - 2);
  const total = tf.div(tf.sum(sums), (n - 1) * (n - 2));
  return tf.mul(tf.add(tf.sub(tf.sub(distances, rows), tf.transpose(rows)), total), offDiagonal(n));
}

function inner(a: tf.Tensor, b: tf.Tensor): tf.Scalar {
  const [n = 0] = a.shape;
  return tf.div(tf.sum(tf.mul(a, b)), n * (n - 3));
}

function distances(features: tf.Tensor4D): tf.Tensor2D {
  const rows = tf.reshape(features, [features.shape[0], -1]);
  const squares = tf.sum(tf.square(rows), 1, true);
  const products = tf.matMul(rows, tf.transpose(rows));
  const squared = tf.sub(tf.add(squares, tf.transpose(squares)), tf.mul(products, 2));
  return tf.mul(tf.sqrt(tf.relu(squared)), offDiagonal(rows.shape[0] ?? 0));
}

/** The objective and the maps `[1 + n * H * W]`, by the gradient in closed form: distances by dot products. */
function unicam(explained: tf.Tensor4D, given: tf.Tensor4D, labels: tf.Tensor2D): tf.Tensor1D {
  const [n, height, width] = explained.shape;
  const [own, removed] = [distances(explained), uCentred(distances(given))];
  const without = (matrix: tf.Tensor): tf.Tensor =>
    tf.sub(matrix, tf.mul(removed, tf.div(inner(matrix, removed), inner(removed, removed))));
  const left = without(uCentred(own));
  const [size, other] = [inner(left, left), inner(labels, labels)];
  const norm = tf.sqrt(tf.mul(size, other));
  const objective = tf.div(inner(left, labels), norm);
  const gradient = without(tf.sub(tf.div(labels, norm), tf.mul(left, tf.div(objective, size))));
  const apart = tf.add(own, tf.eye(n));
  const pull = tf.mul(tf.div(gradient, apart), tf.div(tf.mul(2, offDiagonal(n)), n * (n - 3)));
  const pooled = tf.mean(explained, [1, 2]);
  const weights = tf.sub(tf.mul(tf.sum(pull, 1, true), pooled), tf.matMul(pull, pooled));
  const maps = tf.relu(tf.sum(tf.mul(explained, tf.reshape(weights, [n, 1, 1, -1])), 3));
  return tf.concat1d([tf.reshape(objective, [1]), tf.reshape(maps, [n * height * width])]);
}
