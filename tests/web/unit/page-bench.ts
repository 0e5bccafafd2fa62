// The page's actions over stand-ins for the worker, the browser's locks and its database.

import { expose } from "comlink";

import { type Actions, createActions } from "../../../www/client/actions";
import type { OpenVault } from "../../../www/client/keeping/keeper";
import type { Change, Vault } from "../../../www/client/keeping/vault";
import { type Outcome, toFailure } from "../../../www/protocol/failure";
import type { KeptWork } from "../../../www/state/kept-work";
import { type AppState, INITIAL_STATE } from "../../../www/state/model";
import { createStore, type Store } from "../../../www/state/store";
import { DEFAULTS } from "./support";

/** What a worker answers to one call, given what it is called with. */
type Answer = (...given: never[]) => unknown;
type Answers = Record<string, Answer | undefined>;

/** A page whose workers were started one after the other. */
export interface Bench {
  store: Store;
  actions: Actions;
  /** what was asked, with the number of the worker, from 1, before it */
  asked: string[];
}

/** What a worker says of the pictures that it opened. */
export const DATA = {
  name: "Scenes",
  size: 32,
  classNames: ["disc", "ring"],
  trainCounts: [1, 1],
  testCounts: [1, 1],
  hasMasks: true,
  hasShippedNetworks: true,
};

/** What a worker says of a Teacher. */
export const CARD = { name: "ResNet-20", parameters: 1, classes: 2, layers: ["layer1"], accuracy: 0.9 };

/** Answers of a worker that does nothing. */
const USUAL: Record<string, Answer> = {
  start: () => ({ device: { kind: "cpu", name: "test", notice: null }, defaults: DEFAULTS }),
  useScenes: () => DATA,
  readImages: () => DATA,
  pictures: () => [],
  pack: () => new Blob(["packed"]),
  useShippedTeacher: () => CARD,
  trainTeacher: () => CARD,
  loadStudentStart: () => CARD,
};

/** Takes away what stood for the browser. */
export function takeDown(): void {
  for (const name of ["location", "history", "addEventListener", "Worker", "navigator"])
    Reflect.deleteProperty(globalThis, name);
}

/** What stands for a worker: the other end of its channel. */
class StandIn {
  readonly postMessage: MessagePort["postMessage"];
  readonly addEventListener: MessagePort["addEventListener"];
  readonly removeEventListener: MessagePort["removeEventListener"];

  constructor(port: MessagePort) {
    this.postMessage = port.postMessage.bind(port);
    this.addEventListener = port.addEventListener.bind(port);
    this.removeEventListener = port.removeEventListener.bind(port);
    port.start();
  }

  terminate(): void {
    // What it still answers is not heard.
  }
}

/** A failure that takes the engine down. */
export function lost(): never {
  throw Object.assign(new Error("The GPU was lost."), { name: "UnicamError", code: "device-lost", fatal: true });
}

/** A failure of one call. */
export function refused(): never {
  throw Object.assign(new Error("It is of another format."), { name: "UnicamError", code: "unreadable-session" });
}

/** A page whose workers answer as usual but where `answers` has something else; workers are counted from 1. */
export function bench(
  answers: (worker: number) => Answers = () => ({}),
  { from = {}, openVault = null }: { from?: Partial<AppState>; openVault?: OpenVault } = {},
): Bench {
  const asked: string[] = [];
  let workers = 0;
  const answer = async (worker: number, known: Answers, name: string, given: unknown[]): Promise<Outcome<unknown>> => {
    asked.push(`${String(worker)} ${name}`);
    try {
      return { ok: true, value: (await known[name]?.(...(given as never[]))) ?? null };
    } catch (reason) {
      return { ok: false, failure: toFailure(reason) };
    }
  };
  // Called with `new`, it makes what it returns.
  const Worker = function (): StandIn {
    const worker = ++workers;
    const known = { ...USUAL, ...answers(worker) };
    const { port1, port2 } = new MessageChannel();
    const calls = {
      get:
        (_: object, name: string) =>
        (...given: unknown[]) =>
          answer(worker, known, name, given),
    };
    expose(new Proxy({}, calls), port2);
    return new StandIn(port1);
  };
  Object.assign(globalThis, { location: { hash: "" }, Worker });
  const store = createStore({ ...INITIAL_STATE, ...from });
  return { store, actions: createActions(store, { openVault, keepEvery: 3 }), asked };
}

/** The browser's locks; returns the names of those that are held. */
export function locks(): Set<string> {
  const held = new Set<string>();
  const request = async (name: string, _: unknown, use: (lock: object | null) => Promise<void>): Promise<void> => {
    await pause(1);
    if (held.has(name)) return use(null);
    held.add(name);
    await use({});
    held.delete(name);
  };
  const query = (): Promise<object> => Promise.resolve({ held: [...held].map((name) => ({ name })) });
  Object.defineProperty(globalThis, "navigator", { value: { locks: { request, query } }, configurable: true });
  return held;
}

/** A database in memory with what was written to it. */
export interface Shelf {
  works: Map<string, KeptWork>;
  /** says that a newer page takes the database over */
  close(): void;
  open: OpenVault;
}

/** A database that holds these works. */
export function shelf(kept: KeptWork[] = []): Shelf {
  const works = new Map(kept.map((work) => [work.summary.id, work]));
  let [isClosed, tell] = [false, (): void => undefined];
  const vault = {
    list: () => Promise.resolve([...works.values()].map(({ summary }) => summary)),
    read: (id: string) => Promise.resolve(works.get(id) ?? null),
    write: async (id: string, { summary, core, data, runs, goneRuns }: Change) => {
      if (isClosed) throw new DOMException("The database connection is closing.", "InvalidStateError");
      await pause(1);
      const former = works.get(id);
      const gone = new Set([...goneRuns, ...runs.map((run) => run.id)]);
      const lab = [...(former?.lab ?? []).filter((run) => !gone.has(run.id)), ...runs];
      works.set(id, { summary, ...core, data: data ?? former?.data ?? { source: "scenes", files: [] }, lab });
    },
    delete: async (id: string) => {
      await pause(1);
      works.delete(id);
    },
  };
  return {
    works,
    close: () => {
      isClosed = true;
      tell();
    },
    open: (onNewer) => {
      tell = onNewer;
      return Promise.resolve(vault as unknown as Vault);
    },
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
