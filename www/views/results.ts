// What shows a training and its results, with its styles, files of their own to fetch: see `later`.
import "../styles/compared.css";
import "../styles/matrices.css";
import "../styles/replay.css";
import "../styles/watch.css";

export { MapChecks } from "./checks/map-checks";
export { TrainingCharts } from "./common/training-charts";
export { FileTable } from "./data/file-table";
export { ResultText } from "./distil/result-text";
export { RunCurves } from "./lab/run-curves";
export { RunTable } from "./lab/run-table";
export { SeriesTable } from "./lab/series-table";
export { SideBySide } from "./lab/side-by-side";
export { Gallery } from "./look/gallery";
export { MatricesPanel } from "./matrices/matrices-panel";
export { ReplayPanel } from "./replay/replay-panel";
export { ScoreSettings } from "./scores/score-settings";
export { ShownScores } from "./scores/shown-scores";
export { RunOutcome } from "./watch/run-outcome";
export { TimelineFigure } from "./watch/timeline-figure";
