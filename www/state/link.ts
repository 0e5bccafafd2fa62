import type { DeviceChoice } from "../protocol/contract";
import { type LinkedRun, runEntry } from "./linked-run";
import type { AppState } from "./model";
import type { Settings } from "./settings";
import { completeHash, deviceSearch } from "./url";

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
  const entry = run ? `&${runEntry(run)}` : "";
  return `${device}#${completeHash(asRun(settings, state))}${entry}`;
}

/** The settings with the recipe that was used, whatever the form says by now. */
function asRun(settings: Settings, { run }: AppState): Settings {
  return run.phase === "finished" ? { ...settings, distillation: run.config } : settings;
}

/** A device that an address can ask for. */
function deviceOf(kind: string): DeviceChoice | null {
  return kind === "cpu" || kind === "webgpu" ? kind : null;
}
