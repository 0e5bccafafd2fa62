import type { DistillationConfig, ScoreReport, Summary } from "../protocol/contract";
import type { ExplanationData } from "../protocol/messages";
import type { AppEvent } from "./events";
import type { EventOf, RunLog } from "./model";
import { PROPERTIES } from "./properties";
import type { Settings } from "./settings";

/** Most runs that are kept: each holds its maps. The oldest one goes first. */
const MOST_RUNS = 24;

/** A distillation that came to its end, with all that was made of it then. */
export interface KeptRun {
  /** counts up from 1 */
  id: number;
  /** "" until it is given one */
  name: string;
  /** of the data that it learned from */
  dataName: string;
  /** as they were when it began, its own seed included */
  settings: Settings;
  config: DistillationConfig;
  result: EventOf<"finished">;
  /** null where it was only loaded */
  log: RunLog | null;
  scores: ScoreReport | null;
  maps: ExplanationData | null;
  /** the runs of one recipe under several seeds share a series, counted from 1; null for a run of its own */
  series: number | null;
}

/** One recipe under several seeds. */
export interface Series {
  id: number;
  /** runs that are asked for */
  total: number;
  isRunning: boolean;
  /** of each figure, once two runs are there */
  summaries: SeriesSummaries | null;
}

/** Figures of a series with mean and spread over its seeds; null where there is nothing to sum up. */
export type SeriesSummaries = Record<SeriesFigure, Summary | null>;

/** What is summed up over seeds; scores are those of the deepest layer. */
export const SERIES_FIGURES = ["student", "base", "gain", "fss", "rsDistilled", "rsResidual"] as const;
export type SeriesFigure = (typeof SERIES_FIGURES)[number];

/** All runs made so far, and how they are looked at. */
export interface LabState {
  runs: KeptRun[];
  series: Series[];
  /** ids of the runs that are compared, at most two, in the order in which they were chosen */
  compared: number[];
}

/** What happens in the lab. */
export type LabEvent =
  | { kind: "lab/kept"; run: Omit<KeptRun, "id"> }
  | { kind: "lab/named"; id: number; name: string }
  | { kind: "lab/deleted"; id: number }
  | { kind: "lab/compared"; id: number; isCompared: boolean }
  | { kind: "lab/series"; series: Series };

/** The lab after an event. */
export function reduceLab(state: LabState, event: AppEvent): LabState {
  switch (event.kind) {
    case "lab/kept": {
      const id = 1 + Math.max(0, ...state.runs.map((run) => run.id));
      return { ...state, runs: [...state.runs, { ...event.run, id }].slice(-MOST_RUNS) };
    }
    case "lab/named": {
      const runs = state.runs.map((run) => (run.id === event.id ? { ...run, name: event.name.trim() } : run));
      return { ...state, runs };
    }
    case "lab/deleted":
      return {
        ...state,
        runs: state.runs.filter(({ id }) => id !== event.id),
        compared: state.compared.filter((id) => id !== event.id),
      };
    case "lab/compared": {
      const others = state.compared.filter((id) => id !== event.id);
      return { ...state, compared: event.isCompared ? [...others, event.id].slice(-2) : others };
    }
    case "kept/restored":
      return event.lab ? { runs: event.lab, series: [], compared: [] } : state;
    case "lab/series": {
      const others = state.series.filter(({ id }) => id !== event.series.id);
      return { ...state, series: [...others, event.series] };
    }
    default:
      return state;
  }
}

/** A number for a series that no run has: those of an earlier visit are of series that are not told any more. */
export function nextSeries({ runs, series }: LabState): number {
  return 1 + Math.max(0, ...series.map(({ id }) => id), ...runs.map((run) => run.series ?? 0));
}

/** Settings that decide on a run; how results are looked at does not. */
const OF_RUNS = PROPERTIES.filter(
  ({ key }) =>
    !["layer", "objective", "opacity", "outline", "class-method", "sign", "scale", "maps", "difference"].includes(key),
);

/** Keys of the settings in which runs differ, in the order of the address. */
export function differingSettings(runs: readonly KeptRun[]): string[] {
  const differs = (read: (settings: Settings) => string): boolean =>
    new Set(runs.map(({ settings }) => read(settings))).size > 1;
  return OF_RUNS.filter(({ read }) => differs(read)).map(({ key }) => key);
}

/** The figures of a run that a series sums up; undefined where a run has none. */
export function figuresOf({ result, scores }: KeptRun): Partial<Record<SeriesFigure, number>> {
  const { student, base, gain } = result;
  const deepest = scores?.layers.at(-1);
  const layer = deepest && "ok" in deepest ? deepest.ok : null;
  return {
    student,
    ...(base === null ? {} : { base }),
    ...(gain === null ? {} : { gain }),
    ...(layer && {
      fss: layer.fssStudent.corrected,
      rsDistilled: layer.rsDistilled.semiPartial,
      rsResidual: layer.rsResidual.semiPartial,
    }),
  };
}
