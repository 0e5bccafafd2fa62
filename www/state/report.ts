import type { AppState, RunLog } from "./model";

/** What the browser and the address add to a report. */
export interface Surroundings {
  /** the page's address with every setting, which repeats the run */
  address: string;
  userAgent: string;
  /** ISO 8601 */
  createdAt: string;
}

/** Everything that a reader needs to check or repeat a run, as plain JSON; pixels and weights are left out. */
export function buildReport(state: AppState, surroundings: Surroundings): object {
  const { engine, data, teacher, start, run, maps, scores } = state;
  return {
    format: "unicam-report",
    version: 1,
    ...surroundings,
    device: engine.phase === "ready" ? engine.device : null,
    settings: state.settings,
    data: data.phase === "ready" ? { source: data.source, ...data.report, files: data.rows.length } : null,
    brokenFiles: "rows" in data ? data.rows.filter((row) => row.error) : [],
    teacher: teacher.phase === "ready" ? { source: teacher.source, ...teacher.card, training: log(teacher.log) } : null,
    start: start.phase === "ready" ? { source: start.source, network: start.card } : null,
    run: run.phase === "idle" ? null : { phase: run.phase, config: run.config, ...log(run.log) },
    result: run.phase === "finished" ? run.result : null,
    maps: maps.phase === "ready" ? maps.value.report : null,
    scores: scores.phase === "ready" ? scores.value : null,
  };
}

function log(from: RunLog | null): Pick<RunLog, "reports" | "evaluations"> | null {
  return from && { reports: from.reports, evaluations: from.evaluations };
}
