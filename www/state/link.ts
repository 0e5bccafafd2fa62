import type { DeviceChoice } from "../protocol/contract";
import { type LinkedRun, runEntry } from "./linked-run";
import type { AppState, StartState, TeacherState, WeightSource } from "./model";
import { isBusy } from "./select";
import type { Settings } from "./settings";
import { completeHash, deviceSearch } from "./url";

/** The run on the page as its link tells of it; null before there is one. */
export function runOf({ data, teacher, start, run }: AppState): LinkedRun | null {
  if (run.phase !== "finished" || data.phase !== "ready" || teacher.phase !== "ready") return null;
  const given = run.log && isFrom(start, "file") ? "file" : "shipped";
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

/** The settings with the recipes that were used, whatever the forms say by now. */
function asRun(settings: Settings, { run, teacher }: AppState): Settings {
  if (run.phase !== "finished") return settings;
  const taught = teacher.phase === "ready" && teacher.source.kind === "trained" ? teacher.source.config : null;
  return { ...settings, distillation: run.config, teacher: taught ?? settings.teacher };
}

function isFrom(weights: TeacherState | StartState, kind: WeightSource["kind"]): boolean {
  return weights.phase === "ready" && weights.source.kind === kind;
}

/** What the run of a link begins with that no link can hold, and whether it is at hand. */
export interface Given {
  /** a word of the texts */
  what: "start" | "shippedStart" | "checkpoint";
  isHere: boolean;
}

/** The weights that have to be given before the run of a link can be made, beside the Teacher. */
export function givenTo({ linked, settings, start, teacherStart }: AppState): Given[] {
  // Nothing is trained.
  if (!linked || linked.networks === "finished") return [];
  const given: Given[] = [];
  if (linked.teacher === "trained" && settings?.teacher.start === "given")
    given.push({ what: "checkpoint", isHere: teacherStart.phase === "ready" });
  if (linked.start === "file") given.push({ what: "start", isHere: isFrom(start, "file") });
  // It comes with the shipped Teacher, which would take the place of the one from a file.
  if (linked.start === "shipped" && linked.teacher === "file")
    given.push({ what: "shippedStart", isHere: isFrom(start, "shipped") });
  return given;
}

/** Whether everything that the link cannot hold is at hand. */
export function canRepeat(state: AppState): boolean {
  const { linked, data, teacher } = state;
  if (!linked || state.engine.phase !== "ready" || isBusy(state)) return false;
  const given = givenTo(state);
  const needsTeacher = linked.teacher === "file";
  const hasData = data.phase === "ready" && data.source === linked.data;
  // Scenes that have yet to be opened would take away what was given.
  const mayOpen = linked.data === "scenes" && !needsTeacher && given.length === 0;
  return (hasData || mayOpen) && (!needsTeacher || isFrom(teacher, "file")) && given.every(({ isHere }) => isHere);
}

/** A device that an address can ask for. */
function deviceOf(kind: string): DeviceChoice | null {
  return kind === "cpu" || kind === "webgpu" ? kind : null;
}
