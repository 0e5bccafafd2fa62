import { normal } from "./random";

/** A CIFAR ResNet of depth `6 * blocks + 2`. */
export interface Shape {
  blocks: number;
  width: number;
}

/** One array of weights, row-major. */
export interface Weight {
  shape: number[];
  values: Float32Array<ArrayBuffer>;
}

/** Weights under PyTorch's names. */
export type Weights = Map<string, Weight>;

/** Two convolutions with their batch normalisations, and where the shortcut has to halve its extents. */
export interface Block {
  path: string;
  inputs: number;
  outputs: number;
  /** stage, counted from 1 */
  stage: number;
}

export const CLASSES = 10;
export const TEMPERATURE = 4;
export const EPSILON = 1e-5;
/** Share of a batch's statistics in the running ones. */
export const STATISTICS = 0.1;
export const LEARNING_RATE = 0.02;
export const MOMENTUM = 0.9;
export const WEIGHT_DECAY = 5e-4;

/** The residual blocks in the order in which a picture passes them. */
export function blocksOf({ blocks, width }: Shape): Block[] {
  return [1, 2, 3].flatMap((stage) => {
    const outputs = width << (stage - 1);
    return Array.from({ length: blocks }, (_, block) => ({
      path: `layer${String(stage)}.${String(block)}`,
      inputs: stage > 1 && block === 0 ? outputs / 2 : outputs,
      outputs,
      stage,
    }));
  });
}

/**
 * First weights under a seed: He's normal convolutions; scales, shifts and statistics near one and zero, but not on them,
 * so that an engine that leaves one out is found out. The last scale of a block is small, or the activations of a deep
 * network in evaluation mode would grow beyond what its losses can be compared by.
 */
export function generate(shape: Shape, seed: number): Weights {
  const draw = normal(seed);
  const weights: Weights = new Map();
  const fill = (name: string, shape: number[], mean: number, deviation: number, least = -Infinity): void => {
    const values = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
    weights.set(name, { shape, values: values.map(() => Math.max(least, mean + deviation * draw())) });
  };
  const normalised = (conv: string, norm: string, inputs: number, outputs: number, scale: number): void => {
    fill(`${conv}.weight`, [outputs, inputs, 3, 3], 0, Math.sqrt(2 / (9 * inputs)));
    fill(`${norm}.weight`, [outputs], scale, 0.05);
    fill(`${norm}.bias`, [outputs], 0, 0.05);
    fill(`${norm}.running_mean`, [outputs], 0, 0.05);
    fill(`${norm}.running_var`, [outputs], 1, 0.1, 0.5);
  };
  normalised("conv1", "bn1", 3, shape.width, 1);
  for (const { path, inputs, outputs } of blocksOf(shape)) {
    normalised(`${path}.conv1`, `${path}.bn1`, inputs, outputs, 1);
    normalised(`${path}.conv2`, `${path}.bn2`, outputs, outputs, 0.4);
  }
  fill("linear.weight", [CLASSES, 4 * shape.width], 0, Math.sqrt(2 / (4 * shape.width)));
  fill("linear.bias", [CLASSES], 0, 0.05);
  return weights;
}

/** Names of the weights that are trained, and of the running statistics. */
export function namesOf(weights: Weights): { trained: string[]; statistics: string[] } {
  const isStatistic = (name: string): boolean => name.includes("running");
  const names = [...weights.keys()];
  return { trained: names.filter((name) => !isStatistic(name)), statistics: names.filter(isStatistic) };
}

/** As a safetensors file, which is what the engine's door takes. */
export function toSafetensors(weights: Weights): Uint8Array {
  const header: Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }> = {};
  let end = 0;
  for (const [name, { shape, values }] of weights) {
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  let text = JSON.stringify(header);
  text += " ".repeat((8 - (text.length % 8)) % 8);
  const bytes = new Uint8Array(8 + text.length + end);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(new TextEncoder().encode(text), 8);
  let at = 8 + text.length;
  for (const { values } of weights.values()) {
    bytes.set(new Uint8Array(values.buffer), at);
    at += values.byteLength;
  }
  return bytes;
}
