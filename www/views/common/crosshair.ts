import type { HTMLAttributes, RefObject } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";

import type { DrawnChart } from "../../render/chart";
import { type Axes, type Curve, nearestStep, stepsOf, valuesAt } from "../../render/curves";
import { tell } from "../../text/i18n";

/** One line across all curves of a chart, where the pointer is or where keys have moved it. */
export interface Crosshair {
  /** null where it is not on show */
  step: number | null;
  /** what each curve is there, as it is written; a dash where it has no point, "" while nothing is read out */
  values: string[];
  /** which step is read out, or how to read one out */
  text: string;
  /** for the element around the canvas: a slider over the steps */
  props: HTMLAttributes<HTMLDivElement>;
}

/** The crosshair of a chart whose axes ask for one; the label says what the chart shows. */
export function useCrosshair(
  chart: RefObject<DrawnChart | null>,
  curves: Curve[],
  axes: Axes,
  label: string,
): Crosshair | null {
  const [chosen, setChosen] = useState<number | null>(null);
  const steps = useMemo(() => stepsOf(curves), [curves]);
  const step = chosen !== null && steps.includes(chosen) ? chosen : null;
  const { readOut } = axes;
  useEffect(() => {
    if (readOut) chart.current?.point(step);
  }, [chart, readOut, step, curves]);
  if (!readOut) return null;

  const follow = (event: PointerEvent): void => {
    const at = chart.current?.positionOf(event.offsetX);
    if (at !== null && at !== undefined) setChosen(nearestStep(steps, at));
  };
  const leave = (): void => {
    setChosen(null);
  };
  const moved = keyMoves(steps, step);
  const values =
    step === null ? curves.map(() => "") : valuesAt(curves, step).map((y) => (y === null ? "–" : readOut(y)));
  const read = curves.flatMap(({ label: name, points }, at) =>
    points.length > 0 ? [`${name} ${values[at] ?? ""}`] : [],
  );
  return {
    step,
    values,
    text: step === null ? tell("lab.crosshair.how") : tell("lab.crosshair.step", { step }),
    props: {
      role: "slider",
      tabIndex: 0,
      "aria-label": label,
      "aria-valuemin": steps[0] ?? 0,
      "aria-valuemax": steps.at(-1) ?? 0,
      "aria-valuenow": step ?? steps.at(-1) ?? 0,
      "aria-valuetext":
        step === null ? tell("lab.crosshair.how") : `${tell("lab.crosshair.step", { step })}: ${read.join("; ")}`,
      onPointerDown: follow,
      onPointerMove: follow,
      onPointerLeave: leave,
      onBlur: leave,
      onKeyDown: (event) => {
        const next = moved[event.key];
        if (next === undefined) return;
        event.preventDefault();
        setChosen(next);
      },
    },
  };
}

/** Where each key moves the crosshair from a step; null takes it away. */
function keyMoves(steps: readonly number[], step: number | null): Partial<Record<string, number | null>> {
  const [first = null, last = null] = [steps[0], steps.at(-1)];
  const at = step === null ? -1 : steps.indexOf(step);
  const next = steps[at + 1] ?? last;
  const former = at < 0 ? last : (steps[at - 1] ?? first);
  return {
    ArrowRight: next,
    ArrowUp: next,
    ArrowLeft: former,
    ArrowDown: former,
    Home: first,
    End: last,
    ...(step === null ? {} : { Escape: null }),
  };
}
