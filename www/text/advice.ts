import { PAGE_CODES } from "../protocol/failure";
import { texts } from "./i18n";

const ADVICE = texts("advice");

const KEYS: Record<string, keyof typeof ADVICE> = {
  [PAGE_CODES.engineCrashed]: "engineCrashed",
  [PAGE_CODES.workerDied]: "workerDied",
  [PAGE_CODES.engineNotLoaded]: "engineNotLoaded",
  [PAGE_CODES.unexpected]: "unexpected",
  "device-failed": "deviceFailed",
  "no-webgpu": "noWebGpu",
  "constant-features": "constantFeatures",
  "one-class-only": "oneClassOnly",
  "too-few-images": "tooFewImages",
};

/** What to do about a kind of failure, where the sentence of the failure itself cannot know it. */
export function adviceFor(code: string): string | undefined {
  const key = KEYS[code];
  return key && ADVICE[key];
}
