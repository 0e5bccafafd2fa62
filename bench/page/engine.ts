import type { Shape } from "./networks";

/** One training step: the Teacher forward; Student and Base forward, backward and an optimiser's step each. */
export interface StepConfig {
  teacher: Shape;
  student: Shape;
  /** pictures a step */
  batch: number;
  /** pixels a side; only our own engine takes other than 32 */
  side: number;
}

/** A ResNet as torchvision has it, for photographs. */
export interface PhotoShape {
  depth: 18 | 34 | 50 | 101;
  width: number;
}

/** The same step of networks for photographs; only our own engine has them. */
export interface PhotoConfig {
  teacher: PhotoShape;
  student: PhotoShape;
  batch: number;
  side: number;
}

/** UniCAM of two networks of one shape, over one batch at one stage. */
export interface PairConfig {
  network: Shape;
  /** stage, counted from 1 */
  stage: number;
  images: number;
}

/** What an engine has started with. */
export interface Started {
  /** the device in the engine's or the browser's words */
  device: string;
  /** threads that compute; 0 on a GPU */
  threads: number;
}

/** A training under way. */
export interface Training {
  /** Makes as many steps as it was begun with and reads their losses: mean of the Student's, mean of the Base's. */
  block(): Promise<[number, number]>;
  /** Makes one step and waits for nothing. */
  queue(): Promise<void>;
}

/** One kind of call that ends in maps on the host. */
export interface Work {
  /** what is in it */
  name: string;
  /** whether it is what engines can be compared by: from pictures to the pair */
  isWhole: boolean;
  run(): Promise<unknown>;
}

/** Maps of a pair of networks. */
export interface Pair {
  /** `[n, H, W]`, not negative, of what the Student has and the Teacher has not; for comparison */
  maps(): Promise<Float32Array>;
  /** what can be timed */
  works: Work[];
}

/** An engine on one of its backends. */
export interface Engine {
  start(backend: string): Promise<Started>;
  /** Begins anew from the first weights; `per` steps are one block. */
  train(config: StepConfig, per: number): Promise<Training>;
  /** Begins from random weights; `per` steps are one block. */
  trainOnPhotos?(config: PhotoConfig, per: number): Promise<Training>;
  pair(config: PairConfig): Promise<Pair>;
}

/** Seeds of everything that engines must have in common. */
export const SEEDS = { teacher: 11, student: 12, train: 13, test: 14, pairStudent: 15 };
