// What shows the results of a run, a file of its own to fetch: see `later`.
export { FaithfulnessTable } from "./checks/faithfulness-table";
export { SanityTable } from "./checks/sanity-table";
export { ConfusionPanel } from "./confusion/confusion-panel";
export { RunCurves } from "./lab/run-curves";
export { RunTable } from "./lab/run-table";
export { SeriesTable } from "./lab/series-table";
export { SideBySide } from "./lab/side-by-side";
export { ImageDialog } from "./look/image-dialog";
export { MatricesPanel } from "./matrices/matrices-panel";
export { ReplayOutcome } from "./replay/replay-outcome";
export { ScoreCharts } from "./scores/score-charts";
export { ScoreTable } from "./scores/score-table";
