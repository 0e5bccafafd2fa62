import { figuresOf, nextSeries, SERIES_FIGURES, type SeriesSummaries } from "../state/lab";
import { type Preset, PRESETS, type PresetName } from "../state/presets";
import { propertyOf } from "../state/properties";
import type { Settings } from "../state/settings";
import { attempt, type Context, currentSettings } from "./context";

/** Recipes, and the runs that were made with them. */
export interface LabActions {
  /** The shipped settings of a distillation, and of a Teacher where a recipe has one, with the recipe laid over them. */
  applyPreset(name: PresetName): void;
  /** One recipe under so many seeds, one after the other, with mean and spread of what comes out. */
  distilSeries(count: number): Promise<boolean>;
  nameRun(id: number, name: string): void;
  deleteRun(id: number): void;
  compareRun(id: number, isCompared: boolean): void;
  /** Takes the settings of a run, to go on from them. */
  takeSettingsOf(id: number): void;
}

/** Makes the lab actions, given how to distil under a seed as a run of a series, and how settings are replaced. */
export function labActions(
  context: Context,
  distil: (seed: number, series: number) => Promise<boolean>,
  replace: (settings: Settings) => void,
): LabActions {
  const { store } = context;

  async function distilSeries(count: number): Promise<boolean> {
    const first = currentSettings(context).distillation.optimiser.seed;
    const id = nextSeries(store.get().lab);
    const tell = (isRunning: boolean, summaries: SeriesSummaries | null): void => {
      store.dispatch({ kind: "lab/series", series: { id, total: count, isRunning, summaries } });
    };
    tell(true, null);
    let summaries: SeriesSummaries | null = null;
    for (let run = 0; run < count; run++) {
      if (!(await distil(first + run, id))) {
        tell(false, summaries);
        return false;
      }
      summaries = (await summarise(id)) ?? summaries;
      tell(run + 1 < count, summaries);
    }
    return true;
  }

  async function summarise(series: number): Promise<SeriesSummaries | null> {
    const figures = store
      .get()
      .lab.runs.filter((run) => run.series === series)
      .map(figuresOf);
    const lists = SERIES_FIGURES.map((name) => figures.flatMap((figure) => figure[name] ?? []));
    let found: SeriesSummaries | null = null;
    await attempt(
      async () => {
        const summed = await context.call((api) => api.summaries(context.newJob(), lists));
        found = Object.fromEntries(SERIES_FIGURES.map((name, i) => [name, summed[i] ?? null])) as SeriesSummaries;
      },
      () => undefined,
    );
    return found;
  }

  function applyPreset(name: PresetName): void {
    const { defaults, settings } = store.get();
    const preset = PRESETS.find((candidate) => candidate.name === name);
    if (!defaults || !settings || !preset) return;
    const hasTeacher = Object.keys(preset.settings).some((key) => key.startsWith("teacher-"));
    const shipped = { distillation: defaults.distillation, ...(hasTeacher && { teacher: defaults.teacher }) };
    // A weight before what belongs to it, as in the address.
    const recipe = [...Object.entries(preset.settings), ...stepsOf(preset)].reduce<Settings>(
      (laid, [key, text]) => propertyOf(key).write(laid, text) ?? laid,
      { ...settings, ...shipped },
    );
    replace(recipe);
  }

  /** Steps that make as many epochs of the pictures at hand as a recipe asks for. */
  function stepsOf({ epochs, settings }: Preset): [string, string][] {
    const { data } = store.get();
    if (!epochs || data.phase !== "ready") return [];
    const pictures = data.report.trainCounts.reduce((sum, count) => sum + count, 0);
    const steps = (rounds: number, batch: string | undefined): string =>
      String(Math.max(1, Math.ceil((rounds * pictures) / Number(batch ?? 1))));
    return [
      ["teacher-steps", steps(epochs.teacher, settings["teacher-batch"])],
      ["steps", steps(epochs.student, settings["batch"])],
    ];
  }

  return {
    applyPreset,
    distilSeries,
    nameRun: (id, name) => {
      store.dispatch({ kind: "lab/named", id, name });
    },
    deleteRun: (id) => {
      store.dispatch({ kind: "lab/deleted", id });
    },
    compareRun: (id, isCompared) => {
      store.dispatch({ kind: "lab/compared", id, isCompared });
    },
    takeSettingsOf: (id) => {
      const run = store.get().lab.runs.find((candidate) => candidate.id === id);
      if (run) replace({ ...run.settings, view: currentSettings(context).view });
    },
  };
}
