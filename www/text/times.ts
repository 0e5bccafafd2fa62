import { tell } from "./i18n";

/** How many times, in words: "6 times", "1.4 times"; null where there is nearly no difference. */
export function times(ratio: number): string | null {
  if (!Number.isFinite(ratio) || ratio < 1.1) return null;
  const digits = ratio < 2.95 ? ratio.toFixed(1).replace(/\.0$/, "") : Math.round(ratio).toLocaleString("en-US");
  return tell("device.trial.times", { count: digits });
}
