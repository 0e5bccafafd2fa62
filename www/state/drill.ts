import type { Failure } from "../protocol/failure";
import type { AppEvent } from "./events";

/** How often the device is lost. */
export const LOSSES = 20;

/** What came of losing the device again and again. */
export interface DrillReport {
  total: number;
  survived: number;
  /** whether both Students have the same weights, byte for byte */
  isSame: boolean;
  /** largest difference of answers before and after a loss */
  drift: number;
  /** from the first loss to the end */
  seconds: number;
}

/** The drill as it stands; `done` is -1 while the undisturbed Student is trained. */
export type DrillState =
  | { phase: "none" }
  | { phase: "running"; done: number; total: number }
  | { phase: "ready"; report: DrillReport }
  | { phase: "failed"; failure: Failure };

/** What happens to it. */
export type DrillEvent =
  | { kind: "drill/progress"; done: number; total: number }
  | { kind: "drill/ended"; report: DrillReport }
  | { kind: "drill/failed"; failure: Failure };

/** The drill after an event. */
export function reduceDrill(state: DrillState, event: AppEvent): DrillState {
  switch (event.kind) {
    case "drill/progress":
      return { phase: "running", done: event.done, total: event.total };
    case "drill/ended":
      return { phase: "ready", report: event.report };
    case "drill/failed":
      return { phase: "failed", failure: event.failure };
    default:
      return state;
  }
}
