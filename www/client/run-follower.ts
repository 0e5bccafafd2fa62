import type { RunConfig } from "../protocol/contract";
import { cancelled, type Outcome } from "../protocol/failure";
import type { JobId, RunEvent } from "../protocol/messages";
import type { RunUnderWay } from "../state/kept-work";
import { activeTraining } from "../state/select";
import type { Context } from "./context";
import { type Call, callback } from "./engine-client";
import type { Keeper } from "./keeping/keeper";

/** Seconds of computing between two times that a run is kept. */
export const KEEP_EVERY = 3;

/** A run as it is followed from its first step, or from where it was kept at an earlier visit. */
export interface FollowedRun<T> {
  job: JobId;
  config: RunConfig;
  /** Tells the page what the run says. */
  tell(event: RunEvent): void;
  /** Tells the page that the run begins from its start, once more where it was lost before it was kept. */
  begin(): void;
  /** Starts it in the engine. */
  start(listen: (event: RunEvent) => void): Call<T>;
  /** Seconds between two times that it is kept. */
  keepEvery: number;
}

/**
 * Follows a run to its end, whatever becomes of the engine: where that is lost, the run goes on in the next one from where
 * it was kept. It is given up only when it was lost twice without having come further.
 */
export async function followRun<T>(
  context: Context,
  keeper: Keeper,
  { job, config, tell, begin, start, keepEvery }: FollowedRun<T>,
  former: RunUnderWay | null = null,
): Promise<T> {
  const { store } = context;
  const listen = callback<RunEvent>((event) => {
    tell(event);
    if (event.kind !== "kept") return;
    keeper.keepRun(event.step, event.checkpoint);
    context.noteProgress();
  });
  let reason = "left";
  let furthest = former?.step ?? -1;
  let vain = 0;
  if (former) keeper.takeRun(former);
  else {
    keeper.beginRun(config);
    begin();
  }
  const invoke: Call<T> = async (api) => {
    const training = activeTraining(store.get());
    // It was to end when no engine was there to hear of it.
    if (training?.job === job && training.pace === "cancelling") throw cancelled();
    const run = keeper.continuation(reason, training?.log.step ?? 0);
    if (!run && reason !== "left") begin();
    const pace = training?.pace;
    const outcome = run
      ? (api.goOn(job, run, keepEvery, listen) as Promise<Outcome<unknown>> as Promise<Outcome<T>>)
      : start(listen)(api);
    // It was held, and has to be held again.
    if (pace === "paused" || pace === "pausing") void api.pause(job);
    return outcome;
  };
  const mayTry = (): boolean => {
    reason = context.lastLoss();
    const step = keeper.keptAt();
    vain = step > furthest ? 0 : vain + 1;
    furthest = Math.max(furthest, step);
    return vain < 2;
  };
  try {
    return await context.call(invoke, mayTry);
  } finally {
    keeper.endRun();
  }
}
