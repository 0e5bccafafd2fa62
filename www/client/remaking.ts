import type { AppState } from "../state/model";
import { isTraining } from "../state/select";
import type { Store } from "../state/store";

/** What is out of date after a setting has changed. */
type Outdated = "scenes" | "images" | "networks" | "maps" | "scores" | "maps and scores";

/** Settings that something on the page was made from. */
const MAKES: Record<string, Outdated> = {
  dial: "scenes",
  train: "scenes",
  test: "scenes",
  size: "scenes",
  "scene-seed": "scenes",
  side: "images",
  fit: "images",
  "test-share": "images",
  "per-class": "images",
  "split-seed": "images",
  "class-level": "images",
  split: "images",
  normalisation: "networks",
  "normalisation-numbers": "networks",
  layer: "maps",
  objective: "maps",
  "class-method": "maps",
  sign: "maps",
  reference: "maps and scores",
  pixels: "scores",
  "imputed-share": "scores",
  labels: "scores",
  "label-rows": "scores",
  permutations: "scores",
  resamples: "scores",
  level: "scores",
  "uncertainty-seed": "scores",
  "reference-seed": "maps and scores",
};

/** Time without another change after which maps are computed anew, milliseconds. */
const SETTLE_TIME = 250;

/** How each of them is made anew. */
export interface Remakers {
  reopen(): Promise<boolean>;
  prepare(): Promise<boolean>;
  explain(): Promise<boolean>;
  score(): Promise<boolean>;
}

/** Whether there is something to stand for the classes: vectors of one's own may still be to come. */
function hasLabels({ settings }: AppState): boolean {
  return !(settings?.scores.labels.kind === "matrix" && settings.scores.labels.rows.length === 0);
}

/** Whether what follows a run is still to come: its maps and scores, with which it is kept. */
function isLooking({ run, maps, scores }: AppState): boolean {
  return [maps.phase, scores.phase].includes("computing") || (run.phase === "finished" && maps.phase === "none");
}

/** What follows changed settings. */
export interface Remaker {
  /** A setting has changed, by its key: what was made from it is made anew once the user has settled on values. */
  remake(key: string): void;
  /**
   * Makes at once what pictures and networks wait for, for a training that is about to begin, or waits for what is being made
   * already; tells whether they stand. Null where nothing waits.
   */
  settled(): Promise<boolean> | null;
}

/** What a training rests on; it waits until that is over. */
const GROUND = ["scenes", "images", "networks"] as const;
const RESULTS = ["maps and scores", "maps", "scores"] as const;

/** Makes anew what was made from settings that changed. */
export function remaker(store: Store, { reopen, prepare, explain, score }: Remakers): Remaker {
  const outdated = new Set<Outdated>();
  let settling: ReturnType<typeof setTimeout> | undefined;
  let isHeld = false;
  let opened: number | null = null;
  let making: Promise<boolean> | null = null;

  function settle(): void {
    clearTimeout(settling);
    settling = setTimeout(remake, SETTLE_TIME);
  }

  function settled(): Promise<boolean> | null {
    const { data } = store.get();
    const [areScenes, areImages, areNetworks] = GROUND.map((kind) => outdated.delete(kind));
    const isShown = "source" in data && (data.source === "scenes" ? areScenes : areImages);
    // Pictures that are opened are prepared for networks, too.
    const begun = isShown ? reopen() : areNetworks ? prepare() : null;
    if (begun) {
      // What was begun before may still open pictures, and what stands is told by the last.
      const own = Promise.all([making, begun]).then(([, stands]) => stands);
      void own.finally(() => {
        if (making === own) making = null;
      });
      making = own;
    }
    return making;
  }

  function remake(): void {
    isHeld = isTraining(store.get()) || (isHeld && isLooking(store.get()));
    if (!isHeld) void settled();
    const [areBoth, areMaps, areScores] = RESULTS.map((kind) => outdated.delete(kind));
    // What is made anew has taken its maps along, and makes them from the settings as they are then.
    if (store.get().run.phase !== "finished") return;
    if (areBoth || areMaps) void explain();
    if ((areBoth || areScores) && hasLabels(store.get())) void score();
  }

  store.subscribe(() => {
    const state = store.get();
    // Pictures that are opened meanwhile are made from the settings as they are by then.
    if (state.data.phase === "loading" && state.data.job !== opened) {
      opened = state.data.job;
      for (const kind of GROUND) outdated.delete(kind);
    }
    if (isHeld && !isTraining(state) && !isLooking(state)) settle();
  });

  return {
    remake: (key) => {
      const kind = MAKES[key];
      if (!kind) return;
      outdated.add(kind);
      settle();
    },
    settled,
  };
}
