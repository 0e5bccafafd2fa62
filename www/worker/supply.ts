import type { Session } from "../../pkg/unicam.js";
import type { LoadProgress } from "../protocol/messages";

/** Tells how much of a download has come. */
export type Tell = (progress: LoadProgress) => void;

/** What the worker has fetched, and what it asks of the browser; an interface so that the rest can be tested without wasm. */
export interface Supply {
  /** The engine that computes on the CPU alone: small, and there first. */
  cpuEngine(tell: Tell): Promise<typeof Session>;
  /** The engine that knows both devices. */
  wholeEngine(tell: Tell): Promise<typeof Session>;
  /** Whether the browser grants a WebGPU adapter. */
  hasAdapter(): Promise<boolean>;
  /** A file of shipped weights by its name. */
  weights(file: string): Promise<Uint8Array>;
}
