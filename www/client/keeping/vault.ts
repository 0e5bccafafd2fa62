import { type DBSchema, type IDBPDatabase, openDB } from "idb";

import type { KeptRun } from "../../state/lab";
import { KEPT_FORMAT, type KeptData, type KeptWork, type WorkSummary } from "../../state/kept-work";

/** What changes often, in one record: networks, the run under way, results. */
type Core = Pick<KeptWork, "settings" | "page" | "session" | "run">;

interface Schema extends DBSchema {
  summaries: { key: string; value: WorkSummary };
  cores: { key: string; value: Core };
  data: { key: string; value: KeptData };
  /** by work and number of the run */
  runs: { key: [string, number]; value: KeptRun };
}

const NAME = "unicam";
const STORES = ["summaries", "cores", "data", "runs"] as const;

/** What is written at once: whole, or not at all. */
export interface Change {
  summary: WorkSummary;
  core: Core;
  /** null where they are as they were */
  data: KeptData | null;
  /** runs that are new or have another name */
  runs: KeptRun[];
  /** numbers of runs that are gone */
  goneRuns: number[];
}

/**
 * Works in the browser's own database, within the page's origin. A change is one transaction: a torn one is never seen.
 */
export class Vault {
  private constructor(private readonly base: IDBPDatabase<Schema>) {}

  /**
   * Opens it.
   *
   * @throws DOMException where the browser keeps nothing, as in some private windows, or a newer page has changed the form
   */
  static async open(onNewer: () => void): Promise<Vault> {
    const base = await openDB<Schema>(NAME, KEPT_FORMAT, {
      upgrade(fresh) {
        for (const store of STORES) if (!fresh.objectStoreNames.contains(store)) fresh.createObjectStore(store);
      },
      blocking(_now, _wanted, event) {
        // A newer page waits for this one to let go.
        (event.target as IDBDatabase).close();
        onNewer();
      },
    });
    return new Vault(base);
  }

  /** Every work, the newest first. */
  async list(): Promise<WorkSummary[]> {
    const all = await this.base.getAll("summaries");
    return all.sort((a, b) => b.savedAt - a.savedAt);
  }

  /** Everything of a work; null where it is gone or of another form. */
  async read(id: string): Promise<KeptWork | null> {
    const task = this.base.transaction(STORES);
    const [summary, core, data, runs] = await Promise.all([
      task.objectStore("summaries").get(id),
      task.objectStore("cores").get(id),
      task.objectStore("data").get(id),
      task.objectStore("runs").getAll(runsOf(id)),
    ]);
    if (!summary || !core || !data || summary.format !== KEPT_FORMAT) return null;
    return { summary, ...core, data, lab: runs };
  }

  /** Writes a change. */
  async write(id: string, { summary, core, data, runs, goneRuns }: Change): Promise<void> {
    const task = this.base.transaction(STORES, "readwrite");
    const writes: Promise<unknown>[] = [
      task.objectStore("summaries").put(summary, id),
      task.objectStore("cores").put(core, id),
      ...(data ? [task.objectStore("data").put(data, id)] : []),
      ...runs.map((run) => task.objectStore("runs").put(run, [id, run.id])),
      ...goneRuns.map((number) => task.objectStore("runs").delete([id, number])),
    ];
    await Promise.all([...writes, task.done]);
  }

  /** Deletes a work. */
  async delete(id: string): Promise<void> {
    const task = this.base.transaction(STORES, "readwrite");
    await Promise.all([
      task.objectStore("summaries").delete(id),
      task.objectStore("cores").delete(id),
      task.objectStore("data").delete(id),
      task.objectStore("runs").delete(runsOf(id)),
      task.done,
    ]);
  }
}

/** Every run of a work: numbers come before arrays in the order of keys. */
function runsOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id], [id, []]);
}
