import type { JSX } from "preact";

import type { AppState, DataState, RunState } from "../../state/model";
import { shownClasses } from "../../text/sets";
import { useSelect } from "../app-context";
import { TimelineFigure } from "../results-later";
import { GlanceFigure } from "./glance";

const selectRun = (state: AppState): RunState => state.run;
const selectData = (state: AppState): DataState => state.data;

/** The picture of the first screen: a learning that is watched, as soon as there is one; else a run at a glance. */
export function FirstFigure(): JSX.Element {
  const run = useSelect(selectRun);
  const data = useSelect(selectData);
  const log = "log" in run ? run.log : null;
  if (!log?.watched || data.phase !== "ready") return <GlanceFigure />;
  return <TimelineFigure watched={log.watched} log={log} run={run} classNames={shownClasses(data)} />;
}
