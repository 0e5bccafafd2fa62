import { type Failure, failure, PAGE_CODES, toFailure } from "../protocol/failure";

/** Of each engine that was started: the bytes that it asked for in vain last, 0 if it was given them. */
const engines: (() => number)[] = [];

/** From now on a trap of this engine is told from memory that ran out. */
export function askOfMemory(refused: () => number): void {
  engines.push(refused);
}

/** What was thrown, as a failure; a trap says nothing of its cause, so the engine is asked. */
export function failureOf(reason: unknown): Failure {
  const known = toFailure(reason);
  if (known.code !== PAGE_CODES.engineCrashed) return known;
  const bytes = Math.max(0, ...engines.map((refused) => refused()));
  return bytes === 0 ? known : outOfMemory(`${(bytes / 1e6).toFixed(1)} MB were refused to the engine`);
}

/** Calls back when the engine traps in the middle of a task of its own, which no call that waits for it would hear of. */
export function hearOfTraps(tell: (trapped: Failure) => void): void {
  if (!("addEventListener" in globalThis)) return;
  const hear = (event: Event, reason: unknown): void => {
    if (!(reason instanceof WebAssembly.RuntimeError)) return;
    event.preventDefault();
    tell(failureOf(reason));
  };
  self.addEventListener("error", (event) => {
    hear(event, event.error);
  });
  self.addEventListener("unhandledrejection", (event) => {
    hear(event, event.reason);
  });
}

/** Memory ran out: of the engine or of the GPU. */
export function outOfMemory(details: string): Failure {
  const sentence = "Memory ran out on this device. Choose smaller pictures, a smaller batch or a smaller network.";
  return failure(PAGE_CODES.outOfMemory, sentence, "UnicamError", details);
}
