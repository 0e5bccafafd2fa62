import { toFailure } from "../protocol/failure";
import type { LoadProgress, ModelName } from "../protocol/messages";
import type { WeightSource } from "../state/model";
import { activeTraining } from "../state/select";
import type { Store } from "../state/store";
import { PROPERTIES } from "../state/properties";
import { defaultSettings, type Settings } from "../state/settings";
import { applyHash, deviceChoice } from "../state/url";
import { attempt, type Context } from "./context";
import { dataActions, type DataActions } from "./data-actions";
import { distilActions, type DistilActions } from "./distil-actions";
import { callback, EngineClient } from "./engine-client";
import { saveReport, saveWeights } from "./export";
import { teacherActions, type TeacherActions } from "./teacher-actions";

/** The sections of the page, by the names that anchors and the stepper use. */
export type SectionName = "data" | "teacher" | "distil" | "look" | "scores";

/** Everything that a view can ask for. */
export interface Actions extends DataActions, TeacherActions, DistilActions {
  /** Starts the engine, a first or another time, and opens the data. */
  start(): Promise<boolean>;
  /** Changes one setting and brings what is shown up to date with it. */
  set(key: string, text: string): void;
  /** Takes other settings as a whole, as an edited address gives them. */
  replace(settings: Settings): void;
  /** The whole way on the built-in scenes; tells which section is at work. */
  runAll(onSection: (section: SectionName) => void): Promise<boolean>;
  exportReport(): void;
  exportWeights(model: ModelName): Promise<boolean>;
}

/** What is out of date after a setting has changed. */
type Outdated = "scenes" | "images" | "maps" | "maps and scores";

/** Settings that something on the page was made from. */
const MAKES: Record<string, Outdated> = {
  dial: "scenes",
  train: "scenes",
  test: "scenes",
  size: "scenes",
  "scene-seed": "scenes",
  side: "images",
  "test-share": "images",
  "split-seed": "images",
  layer: "maps",
  objective: "maps",
  reference: "maps and scores",
  "reference-seed": "maps and scores",
};

/** Time without another change after which maps are computed anew, milliseconds. */
const SETTLE_TIME = 250;

/** Makes all actions on a store. */
export function createActions(store: Store): Actions {
  let client: EngineClient | null = null;
  let lastJob = 0;
  let kept: { source: WeightSource; classes: string } | null = null;
  let settling: ReturnType<typeof setTimeout> | undefined;
  const context: Context = {
    store,
    engine: () => {
      if (!client) throw new Error("the engine has not been started");
      return client;
    },
    newJob: () => ++lastJob,
  };
  const data = dataActions(context);
  const teacher = teacherActions(context);
  const distillation = distilActions(context);

  async function start(): Promise<boolean> {
    client?.stop();
    store.dispatch({ kind: "engine/starting" });
    const started = new EngineClient((failure) => {
      if (client === started) store.dispatch({ kind: "engine/failed", failure });
    });
    client = started;
    const isUp = await attempt(
      async () => {
        const listen = callback<LoadProgress>((progress) => {
          store.dispatch({ kind: "engine/progress", ...progress });
        });
        const report = await started.call((api) => api.start(deviceChoice(location.search), listen));
        const defaults = defaultSettings(report.defaults);
        const settings = store.get().settings ?? applyHash(defaults, location.hash);
        store.dispatch({ kind: "engine/ready", report, defaults, settings });
      },
      (failure) => {
        if (client === started) store.dispatch({ kind: "engine/failed", failure });
      },
    );
    return isUp && data.reopen();
  }

  /** A Teacher goes on with new data if they have the classes that it knows; it is tested on them anew. */
  async function keepingTeacher(open: () => Promise<boolean>): Promise<boolean> {
    const { data: former, teacher: known } = store.get();
    if (former.phase === "ready") {
      kept = known.phase === "ready" ? { source: known.source, classes: former.report.classNames.join("\n") } : null;
    }
    if (!(await open())) return false;
    const { data: present } = store.get();
    const mayKeep = kept && present.phase === "ready" && present.report.classNames.join("\n") === kept.classes;
    if (kept && mayKeep) await teacher.keepTeacher(kept.source);
    return true;
  }

  /** Makes anew what was made from a setting, once the user has settled on a value. */
  function remake(key: string): void {
    const outdated = MAKES[key];
    if (!outdated) return;
    clearTimeout(settling);
    settling = setTimeout(() => {
      const state = store.get();
      if (outdated === "scenes" || outdated === "images") {
        const isShown = "source" in state.data && state.data.source === outdated;
        if (isShown && !activeTraining(state)) void actions.reopen();
        return;
      }
      if (state.run.phase !== "finished") return;
      void distillation.explain();
      if (outdated === "maps and scores") void distillation.score();
    }, SETTLE_TIME);
  }

  async function runAll(onSection: (section: SectionName) => void): Promise<boolean> {
    const { data: before } = store.get();
    if (!(before.phase === "ready" && before.source === "scenes") && !(await actions.openScenes())) return false;
    onSection("teacher");
    if (store.get().teacher.phase !== "ready" && !(await teacher.useShippedTeacher())) return false;
    onSection("distil");
    const watching = store.subscribe(() => {
      if (store.get().maps.phase !== "ready") return;
      watching();
      onSection("look");
    });
    return distillation.distil().finally(watching);
  }

  const actions: Actions = {
    ...data,
    openScenes: () => keepingTeacher(data.openScenes),
    addFiles: (files, className) => keepingTeacher(() => data.addFiles(files, className)),
    reopen: () => keepingTeacher(data.reopen),
    ...teacher,
    ...distillation,
    start,
    runAll,
    set: (key, text) => {
      store.dispatch({ kind: "settings/set", key, text });
      remake(key);
    },
    replace: (settings) => {
      const former = store.get().settings;
      store.dispatch({ kind: "settings/replaced", settings });
      const changed = PROPERTIES.filter(({ read }) => former && read(former) !== read(settings));
      // Pictures come first among the settings and are made last here, since all else is made from them.
      for (const { key } of changed.reverse()) remake(key);
    },
    exportReport: () => {
      saveReport(store.get());
    },
    exportWeights: async (model) => {
      const job = context.newJob();
      try {
        const bytes = await context.engine().call((api) => api.exportWeights(job, model));
        saveWeights(bytes, model);
        store.dispatch({ kind: "export/done" });
        return true;
      } catch (reason) {
        store.dispatch({ kind: "export/failed", failure: toFailure(reason) });
        return false;
      }
    },
  };
  return actions;
}
