import type { KeptRun } from "../state/lab";
import { tell } from "../text/i18n";
import { runName } from "../text/lab";
import type { Curve } from "./curves";

/** Runs that are drawn over each other at most: there are as many colours that everyone can tell apart. */
export const MOST_CURVES = 6;

/** A marker a run, so that runs are told apart without their colours. */
const MARKERS = ["circle", "rect", "triangle", "rectRot", "cross", "star"] as const satisfies Curve["marker"][];

/** Test accuracy of Student and Base of each run: a colour and a marker a run, a kind of line a network. */
export function runCurves(runs: readonly KeptRun[]): Curve[] {
  return runs.slice(-MOST_CURVES).flatMap((run, at): Curve[] => {
    const tone = `run-${String(at + 1)}` as Curve["tone"];
    const marker = MARKERS[at] ?? "circle";
    const name = runName(run);
    const evaluations = run.log?.evaluations ?? [];
    return [
      {
        label: tell("lab.curveStudent", { name }),
        tone,
        line: "solid",
        marker,
        points: evaluations.map(({ step, student }) => ({ x: step, y: student })),
      },
      {
        label: tell("lab.curveBase", { name }),
        tone,
        line: "dashed",
        marker,
        points: evaluations.flatMap(({ step, base }) => (base === null ? [] : [{ x: step, y: base }])),
      },
    ];
  });
}
