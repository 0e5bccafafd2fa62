import type { AppState } from "../state/model";
import { activeTraining } from "../state/select";
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

/** Makes anew what was made from a setting, by its key, once the user has settled on a value. */
export function remaker(store: Store, { reopen, prepare, explain, score }: Remakers): (key: string) => void {
  let settling: ReturnType<typeof setTimeout> | undefined;

  function remake(outdated: Outdated): void {
    const state = store.get();
    if (outdated === "scenes" || outdated === "images") {
      const isScenes = "source" in state.data && state.data.source === "scenes";
      const isShown = "source" in state.data && isScenes === (outdated === "scenes");
      if (isShown && !activeTraining(state)) void reopen();
      return;
    }
    if (outdated === "networks") {
      if (!activeTraining(state)) void prepare();
      return;
    }
    if (state.run.phase !== "finished") return;
    if (outdated !== "scores") void explain();
    if (outdated !== "maps" && hasLabels(state)) void score();
  }

  return (key) => {
    const outdated = MAKES[key];
    if (!outdated) return;
    clearTimeout(settling);
    settling = setTimeout(() => {
      remake(outdated);
    }, SETTLE_TIME);
  };
}
