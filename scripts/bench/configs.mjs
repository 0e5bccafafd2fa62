// What is measured, and with what.

const RESNET_8 = { blocks: 1, width: 8 };

/**
 * Training steps. Where there is no GPU and not everything is asked for, `software` takes the place of a part, and the
 * engines of a config are those that `engines` names: WebGPU in software would take minutes to no purpose.
 */
export const STEPS = [
  {
    id: "default-32",
    title: "The default recipe, batch 32",
    teacher: { blocks: 1, width: 16 },
    student: RESNET_8,
    batch: 32,
    software: { engines: "cpu" },
  },
  {
    id: "default-10",
    title: "The default networks, batch 10: WebGPU and WebGL in software",
    teacher: { blocks: 1, width: 16 },
    student: RESNET_8,
    // One picture of each class, the fewest that the engine takes.
    batch: 10,
    software: { engines: "gpu" },
    isSubstitute: true,
  },
  {
    id: "default-128",
    title: "The default networks, batch 128",
    teacher: { blocks: 1, width: 16 },
    student: RESNET_8,
    batch: 128,
    software: { engines: "cpu" },
  },
  {
    id: "resnet-56-20",
    title: "ResNet-56 over ResNet-20, batch 128",
    teacher: { blocks: 9, width: 16 },
    student: { blocks: 3, width: 16 },
    batch: 128,
    software: { title: "ResNet-56 over ResNet-20, batch 16 instead of 128", batch: 16, engines: "cpu" },
  },
  {
    // The paper's own pair. The CPU would take minutes a step: tests/web/e2e/full-size.spec.ts compares its losses.
    id: "photographs",
    title: "ResNet-50 over ResNet-18, photographs of 224 pixels, batch 32: ours alone",
    teacher: { depth: 50, width: 64 },
    student: { depth: 18, width: 64 },
    batch: 32,
    side: 224,
    isAlone: true,
  },
].map((config) => ({ side: 32, ...config }));

/** UniCAM pairs: the stage of a ResNet-8 whose features have the shape in the title. */
export const PAIRS = [
  { id: "unicam-32", title: "UniCAM, 32 pictures with 32x8x8 features", network: RESNET_8, stage: 3, images: 32 },
  {
    id: "unicam-128",
    title: "UniCAM, 128 pictures with 16x32x32 features",
    network: { blocks: 1, width: 16 },
    stage: 1,
    images: 128,
    software: { engines: "cpu" },
  },
];

/**
 * `kind` tells which of our two devices an engine is compared with, `gradients` how a program of ours writes them, `only`
 * in which configs it is worth a row. The first one is what all
 * losses are compared with.
 */
export const ENGINES = [
  { id: "unicam-cpu", engine: "unicam", backend: "cpu", kind: "cpu", name: "ours, CPU" },
  { id: "unicam-webgpu", engine: "unicam", backend: "webgpu", kind: "gpu", name: "ours, WebGPU" },
  { id: "tfjs-wasm", engine: "tfjs", backend: "wasm", kind: "cpu", name: "TensorFlow.js, wasm" },
  {
    id: "tfjs-wasm-products",
    engine: "tfjs",
    backend: "wasm",
    kind: "cpu",
    name: "TensorFlow.js, wasm, its own gradients",
    gradients: "products",
    only: ["default-32"],
  },
  { id: "jax-wasm", engine: "jax", backend: "wasm", kind: "cpu", name: "jax-js, wasm" },
  { id: "tfjs-webgpu", engine: "tfjs", backend: "webgpu", kind: "gpu", name: "TensorFlow.js, WebGPU" },
  { id: "tfjs-webgl", engine: "tfjs", backend: "webgl", kind: "gpu", name: "TensorFlow.js, WebGL" },
  { id: "jax-webgpu", engine: "jax", backend: "webgpu", kind: "gpu", name: "jax-js, WebGPU" },
];

const CLASSES = 10;

/** Convolutions of a CIFAR ResNet as `[inputs, outputs, share of the picture's positions]`. */
function convolutions({ blocks, width }) {
  const all = [[3, width, 1]];
  for (const stage of [0, 1, 2]) {
    const [outputs, area] = [width << stage, 1 / 4 ** stage];
    for (let block = 0; block < blocks; block++) {
      all.push([stage > 0 && block === 0 ? outputs / 2 : outputs, outputs, area], [outputs, outputs, area]);
    }
  }
  return all;
}

export function parameters(shape) {
  const kernels = convolutions(shape).map(([inputs, outputs]) => 9 * inputs * outputs + 2 * outputs);
  return kernels.reduce((sum, own) => sum + own, 0) + (4 * shape.width + 1) * CLASSES;
}

/** Multiplications and additions of a step's convolutions, in pairs: forward for the Teacher, thrice that for each learner. */
export function products({ teacher, student, batch, side }) {
  const forward = (shape) =>
    convolutions(shape).reduce((sum, [inputs, outputs, area]) => sum + 9 * inputs * outputs * area * side ** 2, 0);
  return batch * (forward(teacher) + 6 * forward(student));
}

/** How a step's cost grows: one thing is changed at a time, from the default recipe, for both networks. */
export const SWEEP = (() => {
  const [base] = STEPS;
  const scaled = ({ blocks, width }, deeper, wider) => ({ blocks: blocks * deeper, width: width * wider });
  const networks = (deeper, wider) => ({
    teacher: scaled(base.teacher, deeper, wider),
    student: scaled(base.student, deeper, wider),
  });
  return [
    { id: "pictures", title: "pictures a step", points: [16, 32, 64].map((batch) => [batch, { ...base, batch }]) },
    { id: "pixels", title: "pixels a picture", points: [16, 32, 64].map((side) => [side ** 2, { ...base, side }]) },
    {
      id: "layers",
      title: "layers of the networks, at one width",
      points: [1, 2, 3].map((deeper) => [6 * deeper + 2, { ...base, ...networks(deeper, 1) }]),
    },
    {
      id: "parameters",
      title: "parameters of the Student, at one depth",
      points: [0.5, 1, 2].map((wider) => {
        const shapes = networks(1, wider);
        return [parameters(shapes.student), { ...base, ...shapes }];
      }),
    },
  ];
})();

/** Everything in the order in which it is measured: what says most comes first, since a budget may end before all is done. */
export function plan(isWithoutGpu) {
  const [first, inSoftware, ...larger] = STEPS;
  const [small, ...large] = PAIRS;
  const all = [first, inSoftware, small, ...SWEEP, ...larger.toSpliced(1, 0, ...large)];
  return all
    .filter(({ isSubstitute, isAlone }) => (isWithoutGpu ? !isAlone : !isSubstitute))
    .map(({ software, ...config }) => (isWithoutGpu ? { ...config, ...software } : config));
}
