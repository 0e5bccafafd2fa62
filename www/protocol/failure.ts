/** What went wrong, as plain data: structured clone strips an Error of its code, so failures cross the worker as this. */
export interface Failure {
  name: string;
  /** kebab-case, stable, for programs */
  code: string;
  /** a full sentence for people that says what to do */
  message: string;
  /** what a machine said in its own words, where that is no sentence for people */
  details?: string;
  /** the engine cannot go on: it has to be started anew */
  fatal: boolean;
}

/** Result of a call to the worker; a failed or cancelled job is never an exception on the wire. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** Codes that the page itself gives; all others come from the crate's `Error::code`. */
export const PAGE_CODES = {
  cancelled: "cancelled",
  engineCrashed: "engine-crashed",
  engineNotLoaded: "engine-not-loaded",
  wholeEngineNotLoaded: "whole-engine-not-loaded",
  weightsNotLoaded: "weights-not-loaded",
  workerDied: "worker-died",
  fileTooLarge: "file-too-large",
  fileUnreadable: "file-unreadable",
  figureNotPainted: "figure-not-painted",
  hubOff: "hub-off",
  hubTooLarge: "hub-too-large",
  hubUnknownDataset: "hub-unknown-dataset",
  hubUnknownPart: "hub-unknown-part",
  hubUnknownClass: "hub-unknown-class",
  hubUnreachable: "hub-unreachable",
  hubUnreadable: "hub-unreadable",
  deviceLost: "device-lost",
  outOfMemory: "out-of-memory",
  unexpected: "unexpected",
} as const;

const FATAL_CODES: ReadonlySet<string> = new Set([
  PAGE_CODES.engineCrashed,
  PAGE_CODES.engineNotLoaded,
  PAGE_CODES.workerDied,
  PAGE_CODES.deviceLost,
  PAGE_CODES.outOfMemory,
  "device-failed",
]);

/** A failure as an exception, with name, code and message as the engine gave them. */
export class EngineError extends Error {
  readonly code: string;
  readonly fatal: boolean;
  readonly details: string | undefined;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = failure.name;
    this.code = failure.code;
    this.fatal = failure.fatal;
    this.details = failure.details;
  }
}

/** Makes a failure that the page itself reports. */
export function failure(code: string, message: string, name = "UnicamError", details?: string): Failure {
  return { name, code, message, fatal: FATAL_CODES.has(code), ...(details === undefined ? {} : { details }) };
}

/** Thrown where a job notices that it was cancelled. */
export function cancelled(): EngineError {
  return new EngineError(failure(PAGE_CODES.cancelled, "The job was cancelled.", "AbortError"));
}

/** Whether something thrown stands for a job that was cancelled, not for one that failed. */
export function isCancelled(reason: unknown): boolean {
  return reason instanceof EngineError && reason.code === PAGE_CODES.cancelled;
}

/** Turns whatever was thrown into a failure; keeps name, code and message where there are any. */
export function toFailure(reason: unknown): Failure {
  if (reason instanceof WebAssembly.RuntimeError) {
    const sentence =
      "The engine stopped in the middle of its work. Restart it; a smaller batch helps when memory ran out.";
    return failure(PAGE_CODES.engineCrashed, sentence, reason.name, reason.message);
  }
  if (reason instanceof Error) {
    const code = "code" in reason && typeof reason.code === "string" ? reason.code : PAGE_CODES.unexpected;
    const details = "details" in reason && typeof reason.details === "string" ? reason.details : undefined;
    return failure(code, reason.message, reason.name, details);
  }
  return failure(PAGE_CODES.unexpected, String(reason));
}
