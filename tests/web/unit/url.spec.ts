import { expect, test } from "@playwright/test";

import { PROPERTIES } from "../../../www/state/properties";
import type { Settings } from "../../../www/state/settings";
import { applyHash, changedHash, completeHash, deviceChoice, parseHash } from "../../../www/state/url";
import { SETTINGS } from "./support";

/** Settings of which every single one differs from the defaults. */
const ELSEWHERE: Settings = {
  scenes: { size: 48, trainImages: 300, testImages: 60, backgroundDial: 0.35, seed: 8 },
  images: { size: 64, testShare: 0.5, perClass: 50, seed: 2 },
  teacher: {
    blocks: 2,
    width: 12,
    steps: 7,
    batchSize: 8,
    learningRate: 0.1,
    momentum: 0.5,
    weightDecay: 0,
    milestones: [],
    decay: 0.5,
    cropPadding: 0,
    flip: true,
    reportEvery: 1,
    evaluateEvery: 2,
    seed: 9,
  },
  student: {
    blocks: 3,
    width: 4,
    steps: 2,
    batchSize: 16,
    learningRate: 0.003,
    momentum: 0.8,
    weightDecay: 0.01,
    milestones: [0.25, 0.5, 0.9],
    decay: 0.2,
    cropPadding: 2,
    flip: true,
    reportEvery: 3,
    evaluateEvery: 4,
    seed: 10,
    temperature: 20,
    alpha: 0.7,
    beta: 0.3,
    loss: "softenedError",
    start: "random",
  },
  reference: { images: 12, seed: 3 },
  view: { layer: 1, objective: "unique", opacity: 0.4, outline: false, maps: ["residual"] },
};

test("every setting survives the trip through the address", () => {
  expect(applyHash(SETTINGS, `#${changedHash(ELSEWHERE, SETTINGS)}`)).toEqual(ELSEWHERE);
  expect(applyHash(SETTINGS, `#${completeHash(ELSEWHERE)}`)).toEqual(ELSEWHERE);
});

test("the example above leaves no setting out", () => {
  const same = PROPERTIES.filter(({ read }) => read(ELSEWHERE) === read(SETTINGS)).map(({ key }) => key);
  expect(same).toEqual([]);
  expect(new Set(PROPERTIES.map(({ key }) => key)).size).toBe(PROPERTIES.length);
});

test("defaults need no address", () => {
  expect(changedHash(SETTINGS, SETTINGS)).toBe("");
  expect(applyHash(SETTINGS, "")).toEqual(SETTINGS);
});

test("values that break the rules, and keys that do not exist, are left out one by one", () => {
  const hash = "#dial=1.5&batch=abc&steps=0&layer=4&objective=both&flip=yes&maps=distilled,distilled&nonsense=1&seed=5";
  expect(applyHash(SETTINGS, hash)).toEqual({ ...SETTINGS, student: { ...SETTINGS.student, seed: 5 } });
  expect(parseHash(hash).has("nonsense")).toBe(false);
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
});
