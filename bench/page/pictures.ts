import { CLASSES } from "./networks";
import { normal, uniform } from "./random";

/** Side of every picture, as CIFAR-10's files have it. */
export const SIDE = 32;
const AREA = SIDE * SIDE;
const RECORD = 1 + 3 * AREA;
/** How the engine normalises: mean and deviation per channel of ImageNet. */
const MEAN = [0.485, 0.456, 0.406];
const DEVIATION = [0.229, 0.224, 0.225];

/** Records of a binary file of CIFAR-10: label, then red, green and blue. Picture `i` has class `i % 10`. */
export function records(count: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(count * RECORD);
  const [noise, place] = [normal(seed), uniform(seed + 1)];
  for (let i = 0; i < count; i++) {
    const label = i % CLASSES;
    bytes[i * RECORD] = label;
    // A wave whose direction tells the class, and noise: enough to learn from.
    const angle = (Math.PI * label) / CLASSES;
    const [dx, dy, phase] = [Math.cos(angle), Math.sin(angle), 7 * place()];
    for (let channel = 0; channel < 3; channel++) {
      for (let at = 0; at < AREA; at++) {
        const wave = Math.sin(0.6 * (dx * (at % SIDE) + dy * Math.floor(at / SIDE)) + phase + channel);
        bytes[i * RECORD + 1 + channel * AREA + at] = Math.max(0, Math.min(255, 128 + 60 * wave + 30 * noise()));
      }
    }
  }
  return bytes;
}

/** The same pictures as an engine without a reader of files gets them, `[n, 3, 32, 32]` or with the channels last. */
export function planes(file: Uint8Array, channelsLast: boolean): Float32Array<ArrayBuffer> {
  const count = file.length / RECORD;
  const values = new Float32Array(count * 3 * AREA);
  for (let i = 0; i < count; i++) {
    for (let channel = 0; channel < 3; channel++) {
      const [mean, deviation] = [MEAN[channel] ?? 0, DEVIATION[channel] ?? 1];
      for (let at = 0; at < AREA; at++) {
        const byte = file[i * RECORD + 1 + channel * AREA + at] ?? 0;
        const to = channelsLast ? (i * AREA + at) * 3 + channel : (i * 3 + channel) * AREA + at;
        values[to] = (byte / 255 - mean) / deviation;
      }
    }
  }
  return values;
}

/** Labels of the records. */
export function labelsOf(file: Uint8Array): number[] {
  return Array.from({ length: file.length / RECORD }, (_, i) => file[i * RECORD] ?? 0);
}

/** One-hot rows, `[n, 10]`. */
export function oneHot(labels: number[]): Float32Array<ArrayBuffer> {
  const rows = new Float32Array(labels.length * CLASSES);
  labels.forEach((label, row) => (rows[row * CLASSES + label] = 1));
  return rows;
}
