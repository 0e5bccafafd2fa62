import type { DatasetReport, NetworkReport } from "../protocol/contract";
import type { FileProgress, HubProgress, HubRequest, JobId, NamedFile } from "../protocol/messages";
import type { KeptData } from "../state/kept-work";
import type { ContactSheet, DataSource } from "../state/model";
import type { Settings } from "../state/settings";
import { attempt, type Context, currentSettings, dropJob } from "./context";
import { callback, type EngineClient } from "./engine-client";
import { inClassFolders, inFolder, isLoose, isUnplaced, mergeFiles } from "./files";
import { NO_LOOSE } from "../state/loose";

/** Pictures fetched per class and split for the contact sheet; a few more than are shown, since labels are mixed. */
const SHEET_PER_CLASS = 12;
/** Most pictures of a split on the contact sheet. */
const SHEET_LIMIT = 240;

/** What the built-in scenes are made of. */
const NO_FILES: NamedFile[] = [];

/** Opening data: the built-in scenes or the user's own pictures. */
export interface DataActions {
  openScenes(): Promise<boolean>;
  /**
   * Adds pictures to those picked before; `className` is for files that lie in no folder. Where none is given and a known
   * data set is chosen, such files wait until they are told their class.
   */
  addFiles(files: NamedFile[], className: string): Promise<boolean>;
  /** Tells the class of the photos that wait. They are read as soon as there are photos of a second one. */
  nameLoose(className: string): Promise<boolean>;
  /** Fetches pictures from the hub, which asks another host, and takes them as the data. */
  fetchHub(request: HubRequest): Promise<boolean>;
  cancelHub(): void;
  /** Reads the same files again, with the settings as they are now. */
  reopen(): Promise<boolean>;
  forgetFiles(): void;
  /** The pictures as they were given. */
  given(): KeptData;
  /** Takes pictures that were given at an earlier visit. */
  adopt(given: KeptData): void;
  /** Prepares pictures for networks as the settings say now; the Teacher measured anew, where that changes anything. */
  normalise(job: JobId): Promise<NetworkReport | null>;
  /** Gives an engine that was started anew what was opened last, as it was opened, and prepares pictures likewise. */
  refill(client: EngineClient): Promise<void>;
  /** Top folders, archives and loose pictures that the data were picked from; none for the scenes. */
  fileNames(): string[];
}

/** Makes the data actions. */
export function dataActions(context: Context): DataActions {
  const { store } = context;
  let files: NamedFile[] = [];
  let fetched: NamedFile[] = [];
  let source: DataSource = "scenes";
  // What the pictures at hand, or on their way, are made from, whatever the settings say by now.
  let opened: (Pick<Settings, "scenes" | "images" | "normalisation"> & KeptData) | null = null;
  let isOpen = false;
  // Photos without a class, and those with one that a second class is needed beside.
  let [loose, told]: [NamedFile[], NamedFile[]] = [[], []];

  function normalise(job: JobId): Promise<NetworkReport | null> {
    const { normalisation } = currentSettings(context);
    if (opened) opened = { ...opened, normalisation };
    return context.call((api) => api.useNormalisation(job, normalisation));
  }

  function begin(of: DataSource): Settings {
    source = of;
    isOpen = false;
    dropJob(context, store.get().data);
    const settings = currentSettings(context);
    const { scenes, images, normalisation } = settings;
    opened = { scenes, images, normalisation, source, files: filesOf(of) };
    return settings;
  }

  async function openScenes(): Promise<boolean> {
    const { scenes } = begin("scenes");
    const job = context.newJob();
    store.dispatch({ kind: "data/loading", job, source: "scenes", total: 0 });
    return finish(job, () => context.call((api) => api.useScenes(job, scenes)));
  }

  /** Reads the files of a source, as often as settings ask for it. */
  async function openFiles(of: "images" | "hub"): Promise<boolean> {
    const { images } = begin(of);
    const files = filesOf(of);
    const job = context.newJob();
    store.dispatch({ kind: "data/loading", job, source: of, total: files.length });
    const listen = callback<FileProgress>((progress) => {
      store.dispatch({ kind: "data/progress", job, ...progress });
    });
    return finish(job, () => context.call((api) => api.readImages(job, images, files, listen)));
  }

  function tellLoose(): void {
    const classes = new Set(told.map(({ path }) => path.split("/")[0] ?? path));
    store.dispatch({ kind: "data/loose", loose: { waiting: loose.length, told: [...classes].sort() } });
  }

  function addFiles(added: NamedFile[], className: string): Promise<boolean> {
    const { dataSet } = currentSettings(context).images;
    const classNames = store.get().dataSets.find(({ name }) => name === dataSet)?.classNames ?? [];
    const waiting = className === "" && dataSet ? added.filter(isLoose) : [];
    const others = added.filter((file) => !waiting.includes(file));
    const placed = inClassFolders(inFolder(others, className), classNames);
    loose = mergeFiles(loose, waiting);
    files = mergeFiles(files, placed);
    // What can be nothing but a marked row waits with the photos, which it would make a failure of.
    const isMore = placed.some((file) => !isUnplaced(file));
    if (!isMore && loose.length + told.length > 0) {
      tellLoose();
      return Promise.resolve(true);
    }
    return openPlaced();
  }

  function nameLoose(className: string): Promise<boolean> {
    told = mergeFiles(told, inFolder(loose, className));
    loose = [];
    const isOne = new Set(told.map(({ path }) => path.split("/")[0])).size < 2;
    if (isOne && files.every(isUnplaced)) {
      tellLoose();
      return Promise.resolve(true);
    }
    return openPlaced();
  }

  /** Reads what there is, with the photos whose class was told. */
  function openPlaced(): Promise<boolean> {
    files = mergeFiles(files, told);
    told = [];
    tellLoose();
    return openFiles("images");
  }

  function filesOf(of: DataSource): NamedFile[] {
    if (of === "scenes") return NO_FILES;
    return of === "hub" ? fetched : files;
  }

  async function fetchHub(request: HubRequest): Promise<boolean> {
    const job = context.newJob();
    const listen = callback<HubProgress>((progress) => {
      store.dispatch({ kind: "hub/progress", job, progress });
    });
    store.dispatch({ kind: "hub/fetching", job });
    const isHere = await attempt(
      async () => {
        fetched = await context.call((api) => api.fetchHub(job, request, listen));
        store.dispatch({ kind: "hub/fetched", job });
      },
      (failure) => {
        store.dispatch({ kind: "hub/failed", job, failure });
      },
    );
    return isHere && openFiles("hub");
  }

  function finish(job: JobId, open: () => Promise<DatasetReport>): Promise<boolean> {
    return attempt(
      async () => {
        await normalise(context.newJob());
        const report = await open();
        // Also for a sheet of an engine that takes this one's place.
        isOpen = true;
        const sheet = await fetchSheet(context, report);
        store.dispatch({ kind: "data/ready", job, report, sheet });
      },
      (failure) => {
        store.dispatch({ kind: "data/failed", job, failure });
      },
    );
  }

  return {
    openScenes,
    addFiles,
    nameLoose,
    fetchHub,
    cancelHub: () => {
      dropJob(context, store.get().hub);
    },
    reopen: () => (source === "scenes" ? openScenes() : openFiles(source)),
    forgetFiles: () => {
      [files, loose, told] = [[], [], []];
      store.dispatch({ kind: "data/loose", loose: NO_LOOSE });
    },
    given: () => ({ source, files: filesOf(source) }),
    adopt: (given) => {
      source = given.source;
      if (given.source === "hub") fetched = given.files;
      else if (given.source === "images") files = given.files;
    },
    normalise,
    refill: async (client) => {
      if (!opened) return;
      const { scenes, images, normalisation, source, files } = opened;
      await client.call((api) => api.useNormalisation(context.newJob(), normalisation));
      // What was being opened is opened anew by whoever waits for it.
      if (!isOpen) return;
      const unheard = callback<FileProgress>(() => undefined);
      await client.call<DatasetReport>((api) =>
        source === "scenes"
          ? api.useScenes(context.newJob(), scenes)
          : api.readImages(context.newJob(), images, files, unheard),
      );
    },
    fileNames: () => [...new Set(filesOf(source).map(({ path }) => path.split("/")[0] ?? path))],
  };
}

async function fetchSheet(context: Context, report: DatasetReport): Promise<ContactSheet> {
  const fetch = (split: "train" | "test", counts: number[]): Promise<ContactSheet["train"]> => {
    const job = context.newJob();
    const total = counts.reduce((sum, count) => sum + count, 0);
    const indices = spread(total, Math.min(SHEET_LIMIT, SHEET_PER_CLASS * counts.length));
    return context.call((api) => api.pictures(job, { split, indices }));
  };
  return { train: await fetch("train", report.trainCounts), test: await fetch("test", report.testCounts) };
}

/** Up to `wanted` indices below `total`, evenly spread, so that every class is met even if the order is by class. */
export function spread(total: number, wanted: number): number[] {
  const count = Math.min(total, wanted);
  return Array.from({ length: count }, (_, i) => Math.floor((i * total) / count));
}
