import type { DataSetName, DeviceChoice, SessionConfig } from "../protocol/contract";
import type { ModelName } from "../protocol/messages";
import { withDataSet } from "../state/data-sets";
import { canRepeat } from "../state/link";
import type { TeacherState, WeightSource } from "../state/model";
import { hasRunOnPictures, hasShippedNetworks } from "../state/select";
import type { Store } from "../state/store";
import { PROPERTIES } from "../state/properties";
import type { SectionName } from "../state/sections";
import { fromConfig, toConfig } from "../state/session-config";
import type { Settings } from "../state/settings";
import { type AppearanceActions, appearanceActions } from "./appearance";
import { type CheckActions, checkActions } from "./check-actions";
import { attempt, type Context, currentSettings } from "./context";
import { dataActions, type DataActions } from "./data-actions";
import { type DrillActions, drillActions } from "./drill-actions";
import { distilActions, type DistilActions } from "./distil-actions";
import type { EngineClient } from "./engine-client";
import { circumstances, save, saveConfig, saveWeights } from "./export";
import { Keeper, type OpenVault } from "./keeping/keeper";
import { type KeepingActions, keepingActions } from "./keeping/keeping-actions";
import { Vault } from "./keeping/vault";
import { type LabActions, labActions } from "./lab-actions";
import { type OfflineActions, offlineActions } from "./offline";
import { pageEngine } from "./page-engine";
import { type PartActions, partActions } from "./parts";
import { type PlanActions, planActions } from "./plan-actions";
import { remaker } from "./remaking";
import { KEEP_EVERY } from "./run-follower";
import { type ReplayActions, replayActions } from "./replay-actions";
import { teacherActions, type TeacherActions } from "./teacher-actions";

/** Everything that a view can ask for. */
export interface Actions
  extends
    DataActions,
    TeacherActions,
    DistilActions,
    CheckActions,
    LabActions,
    PlanActions,
    ReplayActions,
    AppearanceActions,
    OfflineActions,
    PartActions,
    KeepingActions,
    DrillActions {
  /** Starts the engine, a first or another time, and opens the data. */
  start(): Promise<boolean>;
  /** Loses the engine on purpose; what it held goes on in another one. */
  loseEngine(): void;
  stopEngine(): void;
  /** A network's weights as the bytes of a safetensors file. */
  readWeights(model: ModelName): Promise<Uint8Array>;
  /** Goes on with another device; data, networks and results stay. */
  chooseDevice(choice: DeviceChoice): Promise<boolean>;
  /** Changes one setting and brings what is shown up to date with it. */
  set(key: string, text: string): void;
  /** Takes other settings as a whole, as an edited address gives them. */
  replace(settings: Settings): void;
  /** Takes the settings that go with a known data set; with null, the shipped ones. The pictures are given afterwards. */
  chooseDataSet(name: DataSetName | null): void;
  /** The same for pictures that are here already and are of this data set. */
  takeAsDataSet(name: DataSetName): void;
  /** Distils on the pictures at hand, under the Teacher at hand or the shipped one. */
  distilHere(onSection: (section: SectionName) => void): Promise<boolean>;
  /** The whole way on the built-in scenes, or once more on pictures that a run was of; tells which section is at work. */
  runAll(onSection: (section: SectionName) => void): Promise<boolean>;
  /** The same way with the networks that were distilled beforehand: nothing is trained. */
  showFinished(onSection: (section: SectionName) => void): Promise<boolean>;
  /** Does again what the page's address tells of. */
  repeatLink(onSection: (section: SectionName) => void): Promise<boolean>;
  exportReport(): Promise<boolean>;
  /** Saves everything in one zip, for a reviewer. */
  exportBundle(): Promise<boolean>;
  /** Saves the scores as a table. */
  exportScores(): Promise<boolean>;
  /** Saves the settings as a file. */
  exportConfig(): void;
  /** Takes the settings of a file, the page's own or the command line's. */
  importConfig(file: File): Promise<boolean>;
  exportWeights(model: ModelName): Promise<boolean>;
}

/** Where work is kept and how often. */
export interface Keeping {
  openVault: OpenVault;
  /** seconds of computing */
  keepEvery: number;
}

const BY_THE_PAGE: Keeping = { openVault: (onNewer) => Vault.open(onNewer), keepEvery: KEEP_EVERY };

/** What is only tried keeps nothing on the device, and keeps its run often: its steps are few. */
const ASIDE: Keeping = { openVault: null, keepEvery: 0.05 };

/** Makes all actions on a store. */
export function createActions(store: Store, { openVault, keepEvery }: Keeping = BY_THE_PAGE): Actions {
  let lastJob = 0;
  let kept: { source: WeightSource; classes: string } | null = null;
  // What the pictures at hand were given as; null for pictures of one's own.
  let givenAs: DataSetName | null = null;
  const newJob = (): number => ++lastJob;
  const engine = pageEngine(store, refill);
  const context: Context = { ...engine, store, newJob };
  const data = dataActions(context);
  const keeper = new Keeper(context, data.given, openVault);
  const teacher = teacherActions(context, keeper, data.normalise, keepEvery);
  const distillation = distilActions(context, keeper, keepEvery);
  const keeping = keepingActions(context, keeper, {
    adopt: (given) => {
      if (given.source === "images") givenAs = chosenSet();
      data.adopt(given);
    },
    reopen: data.reopen,
    goOnTeaching: teacher.goOnTeaching,
    goOnDistilling: distillation.goOnDistilling,
  });
  const aside = (own: Store): Actions => createActions(own, ASIDE);
  const offline = offlineActions(context);
  const { prepare } = teacher;
  const { explain, score } = distillation;
  const { remake, settled } = remaker(store, { reopen: () => actions.reopen(), prepare, explain, score });
  // At once where nothing waits: whoever asks for a training sees it under way.
  const onceSettled = (train: () => Promise<boolean>): Promise<boolean> =>
    settled()?.then((stands) => stands && train()) ?? train();
  const distil = (): Promise<boolean> => onceSettled(distillation.distil);
  const distilAs: DistilActions["distilAs"] = (...run) => onceSettled(() => distillation.distilAs(...run));
  const trainTeacher = (): Promise<boolean> => onceSettled(teacher.trainTeacher);
  const lab = labActions(context, distilAs, (settings) => {
    actions.replace(settings);
  });

  async function start(): Promise<boolean> {
    const isThere = await engine.start();
    // In a task of its own: what the engine's settings have to be drawn for takes some time already.
    await new Promise((resolve) => setTimeout(resolve));
    // A visitor may have opened some meanwhile, which a second opening would break off.
    const isOpen = isThere && (store.get().data.phase !== "empty" || (await data.reopen()));
    // Also what was kept of an engine that failed.
    await keeper.list();
    return isOpen;
  }

  /** Everything that the page shows, for an engine that took the place of a lost one. */
  async function refill(client: EngineClient): Promise<void> {
    await data.refill(client);
    // What was packed is of the pictures before those that are being opened.
    if (store.get().data.phase !== "ready") return;
    const { session } = keeper.lastPacked();
    if (session) await client.call((api) => api.unpack(newJob(), session));
    // Asked for now: what the visitor began to load meanwhile stays.
    const { page } = keeper.lastPacked();
    if (page) store.dispatch({ kind: "kept/restored", page, lab: null });
  }

  function chooseDevice(choice: DeviceChoice): Promise<boolean> {
    const job = context.newJob();
    store.dispatch({ kind: "device/asked" });
    return attempt(
      async () => {
        const device = await context.call((api) => api.moveTo(job, choice));
        store.dispatch({ kind: "device/moved", choice, device });
      },
      (failure) => {
        store.dispatch({ kind: "device/refused", failure });
      },
    );
  }

  /** A Teacher goes on with new data if they have the classes that it knows; it is tested on them anew. */
  async function keepingTeacher(open: () => Promise<boolean>): Promise<boolean> {
    const { data: former, teacher: known } = store.get();
    if (former.phase === "ready") {
      kept = known.phase === "ready" ? { source: known.source, classes: former.report.classNames.join("\n") } : null;
    }
    if (!(await open())) return false;
    const { data: present } = store.get();
    // Photos that wait for their class leave the data as they are, and what rests on them.
    if (present === former) return true;
    const mayKeep = kept && present.phase === "ready" && present.report.classNames.join("\n") === kept.classes;
    if (kept && mayKeep) await teacher.keepTeacher(kept.source);
    return true;
  }

  function chosenSet(): DataSetName | null {
    return currentSettings(context).images.dataSet ?? null;
  }

  /** The same for pictures that are given, as what is chosen. */
  function giving(open: () => Promise<boolean>): Promise<boolean> {
    givenAs = chosenSet();
    return keepingTeacher(open);
  }

  /** Takes something along or in; a failure is told beside the buttons. */
  function exporting(work: () => Promise<void>): Promise<boolean> {
    return attempt(
      async () => {
        await work();
        store.dispatch({ kind: "export/done" });
      },
      (failure) => {
        store.dispatch({ kind: "export/failed", failure });
      },
    );
  }

  /** Names of the files that the work began with. */
  function fileNames(): SessionConfig["files"] {
    const { teacher: known, start: first } = store.get();
    const nameOf = (from: { phase: string; source?: WeightSource }): string | null =>
      from.phase === "ready" && from.source?.kind === "file" ? from.source.name : null;
    return { data: data.fileNames(), teacher: nameOf(known), start: nameOf(first) };
  }

  async function runAll(onSection: (section: SectionName) => void): Promise<boolean> {
    const { data: before } = store.get();
    if (hasRunOnPictures(store.get())) return distilHere(onSection);
    // The recipe of a data set is not that of the scenes.
    chooseDataSet(null);
    if (!(before.phase === "ready" && before.source === "scenes") && !(await actions.openScenes())) return false;
    return distilHere(onSection);
  }

  async function distilHere(onSection: (section: SectionName) => void): Promise<boolean> {
    onSection("teacher");
    if (!(await standing(({ phase }) => phase === "ready"))) return false;
    onSection("distil");
    return untilMaps(onSection, distil);
  }

  /**
   * A Teacher that will do, else the shipped one, on pictures that follow the settings. These may change on the way, and pictures
   * that are opened then take along a Teacher that was still to come.
   */
  async function standing(willDo: (teacher: TeacherState) => boolean): Promise<boolean> {
    for (;;) {
      if ((await settled()) === false) return false;
      if (willDo(store.get().teacher)) return true;
      if (!(await teacher.useShippedTeacher())) return false;
    }
  }

  function chooseDataSet(name: DataSetName | null): void {
    const { settings, defaults, dataSets, data: present } = store.get();
    if (!settings || !defaults || (settings.images.dataSet ?? null) === name) return;
    actions.replace(withDataSet(settings, defaults, dataSets, name));
    // Pictures of one's own may be of this data set; those of another one are not.
    if (name === null || givenAs === null || givenAs === name) return;
    data.forgetFiles();
    if ("source" in present && present.source === "images") void actions.openScenes();
  }

  function takeAsDataSet(name: DataSetName): void {
    // They are none of another one's that they were given as.
    givenAs = name;
    chooseDataSet(name);
  }

  async function showFinished(onSection: (section: SectionName) => void): Promise<boolean> {
    if (!hasShippedNetworks(store.get())) {
      chooseDataSet(null);
      if (!(await actions.openScenes())) return false;
    }
    if (!(await standing((known) => known.phase === "ready" && known.source.kind === "shipped"))) return false;
    return untilMaps(onSection, distillation.showShipped);
  }

  async function repeatLink(onSection: (section: SectionName) => void): Promise<boolean> {
    // Pictures that have yet to follow the settings would take away what was given.
    if ((await settled()) === false) return false;
    const { linked, data: present } = store.get();
    if (!linked || !canRepeat(store.get())) return false;
    const hasScenes = present.phase === "ready" && present.source === "scenes";
    if (linked.data === "scenes" && !hasScenes && !(await actions.openScenes())) return false;
    if (linked.networks === "finished") return showFinished(onSection);
    onSection("teacher");
    // Its start comes with the shipped Teacher, also for another one.
    const wantsShipped = linked.teacher === "shipped" || (linked.teacher === "trained" && linked.start === "shipped");
    const take = linked.start === "file" ? teacher.useShippedTeacherBesideStart : teacher.useShippedTeacher;
    if (wantsShipped && !(await take())) return false;
    if (linked.teacher === "trained" && !(await trainTeacher())) return false;
    onSection("distil");
    return untilMaps(onSection, distil);
  }

  /** Works, and turns to the maps as soon as they are there. */
  function untilMaps(onSection: (section: SectionName) => void, work: () => Promise<boolean>): Promise<boolean> {
    const watching = store.subscribe(() => {
      if (store.get().maps.phase !== "ready") return;
      watching();
      onSection("look");
    });
    return work().finally(watching);
  }

  const actions: Actions = {
    ...data,
    openScenes: () => keepingTeacher(data.openScenes),
    addFiles: (files, className) => giving(() => data.addFiles(files, className)),
    nameLoose: (className) => giving(() => data.nameLoose(className)),
    fetchHub: (request) => keepingTeacher(() => data.fetchHub(request)),
    reopen: () => keepingTeacher(data.reopen),
    ...teacher,
    trainTeacher,
    ...distillation,
    distil,
    distilAs,
    ...checkActions(context),
    ...lab,
    ...planActions(context),
    ...replayActions(context),
    ...offline,
    ...partActions(context),
    ...appearanceActions(context),
    ...keeping,
    ...drillActions(context, aside),
    loseEngine: engine.lose,
    stopEngine: engine.stop,
    readWeights: (model) => context.call((api) => api.exportWeights(newJob(), model)),
    start,
    chooseDevice,
    chooseDataSet,
    takeAsDataSet,
    distilHere,
    runAll,
    showFinished,
    repeatLink,
    set: (key, text) => {
      store.dispatch({ kind: "settings/set", key, text });
      remake(key);
    },
    replace: (settings) => {
      const former = store.get().settings;
      store.dispatch({ kind: "settings/replaced", settings });
      const changed = PROPERTIES.filter(({ read }) => former && read(former) !== read(settings));
      for (const { key } of changed) remake(key);
    },
    exportReport: () =>
      exporting(async () => {
        const job = context.newJob();
        const told = circumstances(store.get(), fileNames());
        save(await context.call((api) => api.report(job, told)), "unicam-report.json");
      }),
    exportBundle: () =>
      exporting(async () => {
        const job = context.newJob();
        const told = circumstances(store.get(), fileNames());
        save(await context.call((api) => api.bundle(job, told)), "unicam-bundle.zip");
      }),
    exportScores: () =>
      exporting(async () => {
        const job = context.newJob();
        save(await context.call((api) => api.scoresTable(job)), "unicam-scores.csv");
      }),
    exportConfig: () => {
      saveConfig(toConfig(store.get(), currentSettings(context), fileNames()));
    },
    importConfig: (file) =>
      exporting(async () => {
        const job = context.newJob();
        const text = await file.text();
        const config = await context.call((api) => api.readConfig(job, text));
        actions.replace(fromConfig(config, currentSettings(context)));
      }),
    exportWeights: (model) =>
      exporting(async () => {
        const job = context.newJob();
        saveWeights(await context.call((api) => api.exportWeights(job, model)), model);
      }),
  };
  return actions;
}
