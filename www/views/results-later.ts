import { later } from "./common/later";

/** All of them come in one file, with the first that is drawn: the curves of a training or what it came to. */
const results = () => import(/* webpackChunkName: "results" */ "./results");

export const MapChecks = later(async () => (await results()).MapChecks);
export const TrainingCharts = later(async () => (await results()).TrainingCharts);
export const FileTable = later(async () => (await results()).FileTable);
export const ResultText = later(async () => (await results()).ResultText);
export const RunCurves = later(async () => (await results()).RunCurves);
export const RunTable = later(async () => (await results()).RunTable);
export const SeriesTable = later(async () => (await results()).SeriesTable);
export const SideBySide = later(async () => (await results()).SideBySide);
export const Gallery = later(async () => (await results()).Gallery);
export const MatricesPanel = later(async () => (await results()).MatricesPanel);
export const ReplayPanel = later(async () => (await results()).ReplayPanel);
export const ScoreSettings = later(async () => (await results()).ScoreSettings);
export const ShownScores = later(async () => (await results()).ShownScores);
export const RunOutcome = later(async () => (await results()).RunOutcome);
export const TimelineFigure = later(async () => (await results()).TimelineFigure);
