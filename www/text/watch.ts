import type { TimelinePoint } from "../protocol/contract";
import { tell, texts } from "./i18n";

/** Around the timeline of a learning. */
export const WATCH = texts("watch");

/** What is to be seen at a point, in a sentence or two; numbers come as they are written. */
export function pointText(
  point: TimelinePoint,
  turn: { who: "student" | "base" | "both"; className: string; student: string; base: string } | null,
  percent: (share: number) => string,
): string {
  const { step, studentRight, baseRight, distilledInside, residualInside } = point;
  const parts: string[] = [];
  if (step === 0) parts.push(tell("watch.told.start"));
  if (turn) {
    const { className, student, base } = turn;
    const key = { student: "found", base: "foundBase", both: "foundBoth" } as const;
    parts.push(tell(`watch.told.${key[turn.who]}`, { step, className, student, base }));
  }
  parts.push(tell("watch.told.right", { student: percent(studentRight), base: percent(baseRight) }));
  if (step > 0 && distilledInside !== null && residualInside !== null) {
    const shares = { distilled: percent(distilledInside), residual: percent(residualInside) };
    parts.push(tell("watch.told.object", shares));
  }
  return parts.join(" ");
}
