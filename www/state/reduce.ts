import { PAGE_CODES } from "../protocol/failure";
import type { JobId } from "../protocol/messages";
import type { AppEvent, ResultEvent } from "./events";
import { reduceDrill } from "./drill";
import { reduceKeeping } from "./kept-work";
import { reduceLab } from "./lab";
import {
  type AppState,
  type DataState,
  type EngineState,
  type HubState,
  INITIAL_STATE,
  type ResultState,
} from "./model";
import { propertyOf } from "./properties";
import { reduceReplay } from "./replay";
import { reduceRun, reduceStart, reduceTeacher, reduceTeacherStart } from "./reduce-training";

/** The page after an event. Pure: the same state and event always give the same page. */
export function reduce(state: AppState, event: AppEvent): AppState {
  if (event.kind === "engine/starting" || event.kind === "engine/failed") return withoutEngine(state, event);
  if (event.kind === "engine/ready") {
    const { defaults, settings } = event;
    const { device, defaults: shipped } = event.report;
    return { ...state, defaults, settings, dataSets: shipped.dataSets, engine: readyWith(device, null) };
  }
  const settings = reduceSettings(state, event);
  const next: AppState = {
    language: event.kind === "language/chosen" ? event.language : state.language,
    theme: event.kind === "theme/chosen" ? event.theme : state.theme,
    storyStep: event.kind === "story/told" ? event.step : state.storyStep,
    choice: event.kind === "device/moved" ? event.choice : state.choice,
    settings,
    defaults: state.defaults,
    dataSets: state.dataSets,
    engine: reduceEngine(state.engine, event),
    data: reduceData(state.data, event),
    loose: event.kind === "data/loose" ? event.loose : state.loose,
    hub: reduceHub(state.hub, event),
    teacher: reduceTeacher(state.teacher, event),
    start: reduceStart(state.start, event, state.teacher),
    teacherStart: reduceTeacherStart(state.teacherStart, event),
    plans: event.kind === "plan/told" ? { ...state.plans, [event.of]: event.told } : state.plans,
    run: reduceRun(state.run, event),
    maps: event.kind === "maps" ? reduceResult(state.maps, event.job, event.result) : state.maps,
    spread: event.kind === "spread" ? reduceResult(state.spread, event.job, event.result) : state.spread,
    scores: event.kind === "scores" ? reduceResult(state.scores, event.job, event.result) : state.scores,
    matrices: event.kind === "matrices" ? reduceResult(state.matrices, event.job, event.result) : state.matrices,
    answers: event.kind === "answers" ? reduceResult(state.answers, event.job, event.result) : state.answers,
    faithfulness:
      event.kind === "faithfulness" ? reduceResult(state.faithfulness, event.job, event.result) : state.faithfulness,
    sanity: event.kind === "sanity" ? reduceResult(state.sanity, event.job, event.result) : state.sanity,
    lab: reduceLab(state.lab, event),
    keeping: reduceKeeping(state.keeping, event),
    drill: reduceDrill(state.drill, event),
    linked: reduceLinked(state.linked, event),
    refused: reduceRefused(state.refused, event),
    replay: reduceReplay(state.replay, event),
    exportFailure: reduceExport(state.exportFailure, event),
    update: state.update || event.kind === "update/waiting",
    missing: state.missing || event.kind === "part/missing",
  };
  return forgetOutdated(next, event);
}

/** What is made anew for every run, from the Teacher on. */
const RESTARTED = {
  teacher: INITIAL_STATE.teacher,
  start: INITIAL_STATE.start,
  teacherStart: INITIAL_STATE.teacherStart,
  run: INITIAL_STATE.run,
  maps: INITIAL_STATE.maps,
  spread: INITIAL_STATE.spread,
  scores: INITIAL_STATE.scores,
  matrices: INITIAL_STATE.matrices,
  answers: INITIAL_STATE.answers,
  faithfulness: INITIAL_STATE.faithfulness,
  sanity: INITIAL_STATE.sanity,
};

/** What stands on something that was replaced is gone: a Teacher on its data, a run on its Teacher, maps on their run. */
function forgetOutdated(state: AppState, event: AppEvent): AppState {
  const { teacher, start, teacherStart, run, ...results } = RESTARTED;
  switch (event.kind) {
    case "data/loading":
      return { ...state, teacher, start, teacherStart, run, ...results };
    case "teacher/loading":
    case "teacher/training":
      return { ...state, run, ...results };
    case "run/loading":
    case "run/started":
      return { ...state, ...results };
    case "kept/restored":
      return { ...state, ...event.page };
    default:
      return state;
  }
}

/** A new or a dead engine holds nothing; settings and the chosen device stay. */
function withoutEngine(
  { language, theme, storyStep, choice, settings, defaults, linked, refused, lab, keeping, drill, ...page }: AppState,
  event: Extract<AppEvent, { kind: "engine/starting" | "engine/failed" }>,
): AppState {
  const engine: EngineState =
    event.kind === "engine/failed" ? { phase: "failed", failure: event.failure } : INITIAL_STATE.engine;
  const { update, missing } = page;
  const told = { linked, refused, lab, keeping, drill, update, missing };
  const kept = { language, theme, storyStep, choice, settings, defaults, ...told };
  return { ...INITIAL_STATE, ...kept, engine };
}

function reduceSettings({ settings }: AppState, event: AppEvent): AppState["settings"] {
  if (event.kind === "settings/replaced") return event.settings;
  if (event.kind === "settings/set" && settings) return propertyOf(event.key).write(settings, event.text) ?? settings;
  return settings;
}

function reduceLinked(linked: AppState["linked"], event: AppEvent): AppState["linked"] {
  if (event.kind === "address/refused") return event.linked === undefined ? linked : event.linked;
  const isFinished = event.kind === "run/given" || (event.kind === "run/event" && event.event.kind === "finished");
  return isFinished ? null : linked;
}

function reduceRefused(refused: AppState["refused"], event: AppEvent): AppState["refused"] {
  if (event.kind === "address/refused") return event.refused;
  // The address is written anew then.
  return event.kind === "settings/set" || event.kind === "settings/replaced" ? [] : refused;
}

function reduceExport(state: AppState["exportFailure"], event: AppEvent): AppState["exportFailure"] {
  if (event.kind === "export/failed") return event.failure;
  return event.kind === "export/done" ? null : state;
}

function reduceEngine(state: EngineState, event: AppEvent): EngineState {
  if (event.kind === "engine/lost") return { phase: "recovering", failure: event.failure };
  if (event.kind === "engine/recovered") return readyWith(event.report.device, null);
  if (state.phase === "ready") return reduceDevice(state, event);
  if (event.kind !== "engine/progress" || state.phase !== "loading") return state;
  return { phase: "loading", received: event.received, total: event.total };
}

type ReadyEngine = Extract<EngineState, { phase: "ready" }>;

function readyWith(
  device: ReadyEngine["device"],
  activity: ReadyEngine["activity"],
  fetched: ReadyEngine["fetched"] = null,
): ReadyEngine {
  return { phase: "ready", device, activity, fetched, refused: null };
}

/** What the numbers are made on; a device that the user asked for is on its way until it is there or refused. */
function reduceDevice(state: ReadyEngine, event: AppEvent): ReadyEngine {
  switch (event.kind) {
    case "device/news":
      return readyWith(event.device, state.activity === "moving" ? "moving" : event.activity, event.fetched);
    case "device/asked":
      return readyWith(state.device, "moving", state.fetched);
    case "device/moved":
      return readyWith(event.device, null);
    case "device/refused":
      return { ...state, activity: null, fetched: null, refused: event.failure };
    default:
      return state;
  }
}

function reduceData(state: DataState, event: AppEvent): DataState {
  if (event.kind === "data/loading") {
    return { phase: "loading", job: event.job, source: event.source, rows: [], done: 0, total: event.total };
  }
  if (state.phase !== "loading" || !("job" in event) || event.job !== state.job) return state;
  const { source, rows } = state;
  switch (event.kind) {
    case "data/progress":
      return { ...state, rows: [...rows, ...event.rows], done: event.done, total: event.total };
    case "data/ready":
      return { phase: "ready", source, rows, report: event.report, sheet: event.sheet };
    case "data/failed":
      return { phase: "failed", source, rows, failure: event.failure };
    default:
      return state;
  }
}

function reduceHub(state: HubState, event: AppEvent): HubState {
  if (event.kind === "hub/fetching") return { phase: "fetching", job: event.job, progress: null };
  if (state.phase !== "fetching" || !("job" in event) || event.job !== state.job) return state;
  switch (event.kind) {
    case "hub/progress":
      return { ...state, progress: event.progress };
    case "hub/fetched":
      return { phase: "idle" };
    case "hub/failed":
      return event.failure.code === PAGE_CODES.cancelled
        ? { phase: "idle" }
        : { phase: "failed", failure: event.failure };
    default:
      return state;
  }
}

function reduceResult<T>(state: ResultState<T>, job: JobId, result: ResultEvent<T>): ResultState<T> {
  if (result.phase === "computing") {
    const previous = state.phase === "ready" ? state.value : "previous" in state ? state.previous : null;
    return { phase: "computing", job, previous, progress: null };
  }
  if (state.phase !== "computing" || job !== state.job) return state;
  if (result.phase === "progress") return { ...state, progress: result.progress };
  if (result.phase === "ready") return result;
  const { previous } = state;
  if (result.failure.code !== PAGE_CODES.cancelled) return { phase: "failed", failure: result.failure, previous };
  return previous ? { phase: "ready", value: previous } : { phase: "none" };
}
