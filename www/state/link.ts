import type { DeviceChoice } from "../protocol/contract";
import type { AppState } from "./model";
import type { Settings } from "./settings";
import { completeHash, deviceSearch, RUN_KEY } from "./url";

const PARTS = {
  data: ["scenes", "images", "hub"],
  teacher: ["shipped", "trained", "file"],
  start: ["random", "shipped", "file"],
  networks: ["distilled", "finished"],
} as const;

/** What a run stands on beside the settings: with both, whoever opens its link gets the same digits. */
export type LinkedRun = { [K in keyof typeof PARTS]: (typeof PARTS)[K][number] };

/** The run that an address tells of; null where it tells of none. */
export function linkedRun(hash: string): LinkedRun | null {
  const words = new URLSearchParams(hash.replace(/^#/, "")).get(RUN_KEY)?.split(",") ?? [];
  const found = Object.entries(PARTS).map(([part, known], i) => [
    part,
    (known as readonly string[]).find((word) => word === words[i]),
  ]);
  return found.every(([, word]) => word !== undefined) ? (Object.fromEntries(found) as LinkedRun) : null;
}

/** The run on the page as its link tells of it; null before there is one. */
export function runOf({ data, teacher, start, run }: AppState): LinkedRun | null {
  if (run.phase !== "finished" || data.phase !== "ready" || teacher.phase !== "ready") return null;
  const given = start.phase === "ready" && start.source.kind === "file" ? "file" : "shipped";
  return {
    data: data.source,
    teacher: teacher.source.kind,
    start: run.config.start === "given" ? given : "random",
    networks: run.log ? "distilled" : "finished",
  };
}

/**
 * Search and hash of an address with the whole state: every setting, as the run on the page had it, what the run stands
 * on, and the device that made its numbers.
 */
export function shareLink(state: AppState, search: string): string {
  const { settings, engine, choice } = state;
  const run = runOf(state);
  const computed = engine.phase === "ready" ? deviceOf(engine.device.kind) : null;
  const device = deviceSearch(search, run && computed ? computed : choice);
  if (!settings) return device;
  const words = run
    ? `&${RUN_KEY}=${Object.keys(PARTS)
        .map((part) => run[part as keyof LinkedRun])
        .join(",")}`
    : "";
  return `${device}#${completeHash(asRun(settings, state))}${words}`;
}

/** The settings with the recipe that was used, whatever the form says by now. */
function asRun(settings: Settings, { run }: AppState): Settings {
  return run.phase === "finished" ? { ...settings, distillation: run.config } : settings;
}

/** A device that an address can ask for. */
function deviceOf(kind: string): DeviceChoice | null {
  return kind === "cpu" || kind === "webgpu" ? kind : null;
}
