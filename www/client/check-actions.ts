import type { ExplainConfig } from "../protocol/contract";
import type { JobProgress } from "../protocol/messages";
import { layerOnShow } from "../state/select";
import { MAP_KINDS } from "../state/settings";
import { attempt, type Context, currentSettings, dropJob } from "./context";
import { callback } from "./engine-client";

/** Shares of the pixels that are taken away, and the share that is kept for the change of confidence. */
const SHARES = [0.1, 0.3, 0.5, 0.7, 0.9];
const KEEP = 0.3;
/** Shuffles of the labels. */
const SHUFFLES = 50;

/** Putting the maps to the test. */
export interface CheckActions {
  /** How faithful the maps are to their networks. */
  testFaithfulness(): Promise<boolean>;
  /** Whether maps and scores fall apart where they must. */
  testSanity(): Promise<boolean>;
  cancelFaithfulness(): void;
}

/** Makes the check actions. */
export function checkActions(context: Context): CheckActions {
  const { store } = context;

  /** What the maps on show are made of. */
  function subject(): Pick<ExplainConfig, "reference" | "layer" | "objective"> {
    const { reference, view } = currentSettings(context);
    return { reference, layer: layerOnShow(store.get()), objective: view.objective };
  }

  return {
    testFaithfulness: () => {
      dropJob(context, store.get().faithfulness);
      const job = context.newJob();
      const { seed } = currentSettings(context).reference;
      const methods = ["gradCam" as const, "random" as const];
      const config = { ...subject(), maps: [...MAP_KINDS], methods, shares: SHARES, keep: KEEP, seed };
      const listen = callback<JobProgress>((progress) => {
        store.dispatch({ kind: "faithfulness", job, result: { phase: "progress", progress } });
      });
      store.dispatch({ kind: "faithfulness", job, result: { phase: "computing" } });
      return attempt(
        async () => {
          const value = await context.call((api) => api.faithfulness(job, config, listen));
          store.dispatch({ kind: "faithfulness", job, result: { phase: "ready", value } });
        },
        (failure) => {
          store.dispatch({ kind: "faithfulness", job, result: { phase: "failed", failure } });
        },
      );
    },
    testSanity: () => {
      dropJob(context, store.get().sanity);
      const job = context.newJob();
      const config = { ...subject(), shuffles: SHUFFLES, seed: currentSettings(context).reference.seed };
      store.dispatch({ kind: "sanity", job, result: { phase: "computing" } });
      return attempt(
        async () => {
          const value = await context.call((api) => api.sanity(job, config));
          store.dispatch({ kind: "sanity", job, result: { phase: "ready", value } });
        },
        (failure) => {
          store.dispatch({ kind: "sanity", job, result: { phase: "failed", failure } });
        },
      );
    },
    cancelFaithfulness: () => {
      dropJob(context, store.get().faithfulness);
    },
  };
}
