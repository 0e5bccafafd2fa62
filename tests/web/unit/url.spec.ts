import { expect, test } from "@playwright/test";

import { PROPERTIES } from "../../../www/state/properties";
import { numberTable } from "../../../www/state/score-properties";
import type { Settings } from "../../../www/state/settings";
import {
  applyHash,
  changedHash,
  completeHash,
  deviceChoice,
  parseHash,
  readHash,
  refusedDevice,
} from "../../../www/state/url";
import { SETTINGS } from "./support";

/** Every loss, with settings that are not the usual ones. */
const TERMS: Settings["distillation"]["terms"] = [
  { weight: 0.3, loss: { kind: "response", temperature: 20 } },
  { weight: 2, loss: { kind: "softenedError", temperature: 3 } },
  { weight: 3, loss: { kind: "attention" } },
  { weight: 4, loss: { kind: "hint", layer: 1 } },
  { weight: 5, loss: { kind: "overhaul" } },
  { weight: 6, loss: { kind: "classAttention", resolution: 3 } },
  { weight: 7, loss: { kind: "decoupled", alpha: 2, beta: 3, temperature: 5 } },
];

/** Settings of which every single one differs from the defaults. */
const ELSEWHERE: Settings = {
  scenes: { size: 48, trainImages: 300, testImages: 60, backgroundDial: 0.35, seed: 8 },
  images: {
    size: 64,
    fit: "letterbox",
    testShare: 0.5,
    perClass: 50,
    seed: 2,
    classLevel: 3,
    split: "drawn",
    dataSet: "cifar10",
  },
  normalisation: { own: { mean: [0.1, 0.2, 0.3], deviation: [1, 0.5, 0.25] } },
  teacher: {
    network: { family: "cifar-resnet", blocks: 2, width: 12 },
    optimiser: {
      steps: 7,
      batchSize: 8,
      learningRate: 0.1,
      algorithm: { kind: "sgd", momentum: 0.5, weightDecay: 0, nesterov: true },
      schedule: { kind: "step", milestones: [], decay: 0.5 },
      cropPadding: 0,
      cropArea: 0.08,
      accumulation: 4,
      flip: true,
      reportEvery: 1,
      evaluateEvery: 2,
      seed: 9,
    },
    start: "given",
  },
  distillation: {
    student: { family: "cifar-resnet", blocks: 3, width: 4 },
    optimiser: {
      steps: 2,
      batchSize: 16,
      learningRate: 0.003,
      algorithm: { kind: "sgd", momentum: 0.8, weightDecay: 0.01, nesterov: true },
      schedule: { kind: "step", milestones: [0.25, 0.5, 0.9], decay: 0.2 },
      cropPadding: 2,
      cropArea: 0.5,
      accumulation: 2,
      flip: true,
      reportEvery: 3,
      evaluateEvery: 4,
      seed: 10,
    },
    alpha: 0.7,
    terms: TERMS,
    assistants: [{ network: { family: "vgg", depth: 11, batchNorm: false, width: 8 }, optimiser: null }],
    start: "random",
  },
  reference: { images: 12, seed: 3 },
  scores: {
    pixels: { kind: "imputed", share: 0.3 },
    labels: {
      kind: "matrix",
      rows: [
        [1, -0.5],
        [0, 2e-7],
      ],
    },
    uncertainty: { permutations: 50, bootstrap: 60, level: 0.9, seed: 4 },
  },
  timeline: { pictures: 3, every: 7, layer: 2 },
  view: {
    layer: 1,
    objective: "unique",
    opacity: 0.4,
    outline: false,
    classMethod: "layerCam",
    sign: "signed",
    scale: "shared",
    maps: ["residual"],
    difference: true,
  },
};

/** The same with another network in both places. */
function withNetwork(network: Settings["teacher"]["network"]): Settings {
  const { teacher, distillation } = ELSEWHERE;
  return { ...ELSEWHERE, teacher: { ...teacher, network }, distillation: { ...distillation, student: network } };
}

/** The same with the other rule and the other schedule in both places. */
function withAdam(): Settings {
  const { teacher, distillation } = ELSEWHERE;
  const changed = {
    algorithm: { kind: "adamw", beta1: 0.8, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1 },
    schedule: { kind: "cosine", warmUp: 0.1, floor: 0.2 },
  } as const;
  return {
    ...ELSEWHERE,
    teacher: { ...teacher, optimiser: { ...teacher.optimiser, ...changed } },
    distillation: { ...distillation, optimiser: { ...distillation.optimiser, ...changed } },
  };
}

const EXAMPLES: readonly Settings[] = [
  ELSEWHERE,
  withAdam(),
  withNetwork({ family: "resnet", depth: 50, width: 32 }),
  withNetwork({ family: "vgg", depth: 19, batchNorm: false, width: 8 }),
  withNetwork({ family: "tiny-cnn", width: 12 }),
];

test("every setting survives the trip through the address", () => {
  for (const example of EXAMPLES) {
    const read = { settings: example, refused: [] };
    expect(readHash(SETTINGS, `#${changedHash(example, SETTINGS)}`)).toEqual(read);
    expect(readHash(SETTINGS, `#${completeHash(example)}&run=scenes,shipped,shipped,distilled`)).toEqual(read);
  }
});

test("the examples above leave no setting out", () => {
  const same = PROPERTIES.filter(
    ({ applies, read }) => !EXAMPLES.some((example) => applies(example) && read(example) !== read(SETTINGS)),
  );
  expect(same.map(({ key }) => key)).toEqual([]);
  expect(new Set(PROPERTIES.map(({ key }) => key)).size).toBe(PROPERTIES.length);
});

test("a setting that belongs to another kind of network is not there", () => {
  const vgg = applyHash(SETTINGS, "#family=vgg&blocks=3&resnet-depth=50&vgg-depth=16");
  expect(vgg.distillation.student).toMatchObject({ family: "vgg", depth: 16 });
  expect(completeHash(vgg)).not.toMatch(/(^|&)(blocks|resnet-depth)=/);
});

test("defaults need no address", () => {
  expect(changedHash(SETTINGS, SETTINGS)).toBe("");
  expect(applyHash(SETTINGS, "")).toEqual(SETTINGS);
});

test("values that break the rules, and keys that do not exist, are left out one by one and told", () => {
  const hash = "#dial=1.5&batch=abc&steps=0&layer=6&objective=both&flip=yes&maps=distilled,distilled&nonsense=1&seed=5";
  const { distillation } = SETTINGS;
  const optimiser = { ...distillation.optimiser, seed: 5 };
  const { settings, refused } = readHash(SETTINGS, hash);
  expect(settings).toEqual({ ...SETTINGS, distillation: { ...distillation, optimiser } });
  expect(refused).toEqual(hash.slice(1).split("&").slice(0, -1));
  expect(parseHash(hash).has("nonsense")).toBe(false);
  expect(readHash(SETTINGS, "#maps").refused).toEqual([]);
  for (const run of ["run=scenes,shipped,shipped,other", "run=scenes", "run=scenes,shipped,shipped,distilled,more"]) {
    expect(readHash(SETTINGS, `#${run}`).refused).toEqual([run]);
  }
});

test("an address from before there was a fit, a resized crop or parts of a batch has none", () => {
  const { images, teacher, distillation } = applyHash(SETTINGS, "#side=64&teacher-crop=1");
  expect(images).toMatchObject({ size: 64, fit: "crop" });
  expect([teacher.optimiser, distillation.optimiser].some((optimiser) => "cropArea" in optimiser)).toBe(false);
  // And what was chosen is given up without a trace.
  const chosen = applyHash(SETTINGS, "#side=224&fit=letterbox&crop-area=0.08&teacher-crop-area=0.3");
  expect(chosen.images).toMatchObject({ size: 224, fit: "letterbox" });
  expect([chosen.teacher, chosen.distillation].map(({ optimiser }) => optimiser.cropArea)).toEqual([0.3, 0.08]);
  expect(applyHash(chosen, "#crop-area=1").distillation).toEqual(SETTINGS.distillation);
  const inParts = applyHash(SETTINGS, "#accumulation=4&teacher-accumulation=0");
  expect([inParts.teacher, inParts.distillation].map(({ optimiser }) => optimiser.accumulation)).toEqual([
    undefined,
    4,
  ]);
  expect(applyHash(inParts, "#accumulation=1")).toEqual(SETTINGS);
  expect(applyHash(SETTINGS, "#side=257&fit=squeeze&crop-area=0")).toEqual(SETTINGS);
});

test("an empty number is not zero", () => {
  expect(applyHash(SETTINGS, "#opacity=&weight-decay=")).toEqual(SETTINGS);
});

test("milestones have to rise and lie inside of the run", () => {
  for (const bad of ["0.5,0.25", "0,0.5", "0.5,1", "0.5,0.5", "0.5,,0.7"]) {
    expect(applyHash(SETTINGS, `#milestones=${bad}`), bad).toEqual(SETTINGS);
  }
});

test("the device is asked for in the address", () => {
  expect(deviceChoice("?device=cpu")).toBe("cpu");
  expect(deviceChoice("?device=webgpu")).toBe("webgpu");
  expect(deviceChoice("?device=quantum")).toBe("auto");
  expect(deviceChoice("")).toBe("auto");
  // What is no device is told, and not dropped without a word.
  expect(refusedDevice("?device=quantum")).toEqual(["device=quantum"]);
  for (const fine of ["", "?language=en", "?device=auto", "?device=cpu"]) expect(refusedDevice(fine)).toEqual([]);
});

test("a table of numbers can be pasted, and one whose rows differ is not taken", () => {
  const pasted = numberTable.read("1, 2\r\n3\t-4e-1\n\n");
  expect(pasted).toEqual([
    [1, 2],
    [3, -0.4],
  ]);
  expect(numberTable.read(numberTable.write(pasted ?? []))).toEqual(pasted);
  expect(numberTable.read("")).toEqual([]);
  for (const bad of ["1,2;3", "1,x", "1;NaN", ",;,", Array(52_000).fill("1").join(",")]) {
    expect(numberTable.read(bad), bad.slice(0, 9)).toBeUndefined();
  }
});
