import { PAGE_CODES } from "../protocol/failure";

/** What to do about a kind of failure, where the sentence of the failure itself cannot know it. */
export const ADVICE: Record<string, string> = {
  [PAGE_CODES.engineCrashed]:
    "Restart the engine below. If it happens again, use a smaller batch or fewer reference pictures.",
  [PAGE_CODES.workerDied]: "Restart the engine below.",
  [PAGE_CODES.engineNotLoaded]:
    "A browser with WebAssembly SIMD is needed: Chrome, Edge, Firefox or Safari of the last two years.",
  [PAGE_CODES.unexpected]: "Try again; if it stays, restart the engine or reload the page.",
  "device-failed": "Restart the engine below, or open the page with ?device=cpu.",
  "no-webgpu": "Use the CPU instead: it gives the same numbers.",
  "constant-features": "Distil for more steps, or choose another layer.",
  "one-class-only": "Choose more reference pictures or another reference seed.",
  "too-few-images": "Raise the number of reference pictures.",
};
