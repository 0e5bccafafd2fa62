import type { Remote } from "comlink";

import { type Failure, toFailure } from "../protocol/failure";
import type { EngineApi, JobId } from "../protocol/messages";
import type { Settings } from "../state/settings";
import type { Store } from "../state/store";
import type { Call } from "./engine-client";

/** What every action needs: the state, the engine as it stands now, and a way to name jobs. */
export interface Context {
  store: Store;
  /** Calls the engine. If it is lost meanwhile, once more on the one that takes its place; more often only if `mayTry`. */
  call<T>(invoke: Call<T>, mayTry?: () => boolean): Promise<T>;
  /**
   * Tells the engine something that has no result and is heard at once. Where that drops a job, its name is remembered: an
   * engine that takes a lost one's place drops it, too.
   */
  tell(invoke: (api: Remote<EngineApi>) => Promise<void>, dropped?: JobId): void;
  /** Something was done since the engine was lost last. */
  noteProgress(): void;
  /** Why it was lost last: a failure's code. */
  lastLoss(): string;
  newJob(): JobId;
}

/** Does work whose failure is an event and not an exception; tells whether it succeeded. */
export async function attempt(work: () => Promise<void>, onFailure: (cause: Failure) => void): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (reason) {
    onFailure(toFailure(reason));
    return false;
  }
}

/** The settings; actions run only once the engine stands, and then there are some. */
export function currentSettings({ store }: Context): Settings {
  const { settings } = store.get();
  if (!settings) throw new Error("the engine has not started, so there are no settings yet");
  return settings;
}

/** Tells the worker to drop the job that a part of the state still waits for. */
export function dropJob(context: Context, part: object): void {
  if ("job" in part && typeof part.job === "number") {
    const { job } = part;
    context.tell((api) => api.cancel(job), job);
  }
}
