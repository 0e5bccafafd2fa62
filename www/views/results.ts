// What shows the results of a run, a file of its own to fetch: see `later`.
export { FaithfulnessTable } from "./checks/faithfulness-table";
export { SanityTable } from "./checks/sanity-table";
export { FileTable } from "./data/file-table";
export { RunCurves } from "./lab/run-curves";
export { RunTable } from "./lab/run-table";
export { SeriesTable } from "./lab/series-table";
export { SideBySide } from "./lab/side-by-side";
export { Gallery } from "./look/gallery";
export { MatricesPanel } from "./matrices/matrices-panel";
export { ReplayPanel } from "./replay/replay-panel";
export { ScoreCharts } from "./scores/score-charts";
export { ScoreTable } from "./scores/score-table";
export { RunOutcome } from "./watch/run-outcome";
export { TimelineFigure } from "./watch/timeline-figure";
