/** The place in an address, beside the settings, of what a run stands on. */
export const RUN_KEY = "run";

const PARTS = {
  data: ["scenes", "images", "hub"],
  teacher: ["shipped", "trained", "file"],
  start: ["random", "shipped", "file"],
  networks: ["distilled", "finished"],
} as const;

/** What a run stands on beside the settings: with both, whoever opens its link gets the same digits. */
export type LinkedRun = { [K in keyof typeof PARTS]: (typeof PARTS)[K][number] };

/** The run that an address tells of; null where it tells of none, or of one that is not known here. */
export function linkedRun(hash: string): LinkedRun | null {
  const words = new URLSearchParams(hash.replace(/^#/, "")).get(RUN_KEY)?.split(",") ?? [];
  const found = Object.entries(PARTS).map(([part, known], i) => [
    part,
    (known as readonly string[]).find((word) => word === words[i]),
  ]);
  const isKnown = words.length === found.length && found.every(([, word]) => word !== undefined);
  return isKnown ? (Object.fromEntries(found) as LinkedRun) : null;
}

/** What stands in an address for a run. */
export function runEntry(run: LinkedRun): string {
  return `${RUN_KEY}=${Object.keys(PARTS)
    .map((part) => run[part as keyof LinkedRun])
    .join(",")}`;
}
