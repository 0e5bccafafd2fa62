import type { KeptData, KeptPage, KeptWork, RunUnderWay } from "../../state/kept-work";
import { attempt, type Context } from "../context";
import type { Keeper } from "./keeper";

/** Work of earlier visits. */
export interface KeepingActions {
  /** Goes on with one, its run under way included. */
  takeUp(id: string): Promise<boolean>;
  deleteWork(id: string): Promise<void>;
  /** Deletes everything that is kept on this device; other tabs keep theirs. */
  deleteAllWork(): Promise<void>;
}

/** What of the page is needed to take a work up. */
export interface TakingUp {
  adopt(given: KeptData): void;
  reopen(): Promise<boolean>;
  goOnTeaching(former: RunUnderWay): Promise<boolean>;
  goOnDistilling(former: RunUnderWay): Promise<boolean>;
}

/** Makes the keeping actions. */
export function keepingActions(context: Context, keeper: Keeper, page: TakingUp): KeepingActions {
  const { store } = context;

  async function takeUp(id: string): Promise<boolean> {
    store.dispatch({ kind: "kept/taking-up" });
    const work = await keeper.adopt(id, bringBack);
    await keeper.list();
    if (!work?.run) return work !== null;
    return work.run.config.kind === "teacher" ? page.goOnTeaching(work.run) : page.goOnDistilling(work.run);
  }

  async function bringBack({ settings, data, session, page: shown, lab, run }: KeptWork): Promise<boolean> {
    store.dispatch({ kind: "settings/replaced", settings });
    page.adopt(data);
    if (!(await page.reopen())) return false;
    return attempt(
      async () => {
        if (session) {
          await context.call((api) => api.unpack(context.newJob(), session));
          keeper.takeSession(session, shown);
        }
        store.dispatch({ kind: "kept/restored", page: rejoined(shown, run !== null, context.newJob()), lab });
      },
      (failure) => {
        // The pictures are there; what was made of them cannot be had.
        store.dispatch({ kind: "export/failed", failure });
      },
    );
  }

  return {
    takeUp,
    deleteWork: (id) => keeper.delete(id),
    deleteAllWork: () => keeper.delete(null),
  };
}

/** A page whose run goes on as another job; a run that was never kept is not there. */
function rejoined(page: KeptPage, hasRun: boolean, job: number): KeptPage {
  const { teacher, run } = page;
  return {
    ...page,
    teacher: teacher.phase !== "training" ? teacher : hasRun ? { ...teacher, job, pace: "running" } : { phase: "none" },
    run: run.phase !== "running" ? run : hasRun ? { ...run, job, pace: "running" } : { phase: "idle" },
  };
}
