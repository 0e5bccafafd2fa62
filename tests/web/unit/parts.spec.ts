// Parts of the page that are fetched when they are wanted, and what becomes of them when a newer version takes over.

import { expect, test } from "@playwright/test";
import type { Workbox } from "workbox-window";

import { saveAsPng } from "../../../www/client/figure";
import { offlineActions } from "../../../www/client/offline";
import { fetchPart } from "../../../www/client/parts";
import { createStore } from "../../../www/state/store";
import { failure, PAGE_CODES } from "../../../www/protocol/failure";
import { after } from "./support";

/** Does something with other globals in place of a browser's, and puts back those that were there. */
async function among(globals: Record<string, unknown>, work: () => Promise<void>): Promise<void> {
  const former = Object.keys(globals).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  try {
    await work();
  } finally {
    for (const [name, descriptor] of former) {
      if (descriptor) Object.defineProperty(globalThis, name, descriptor);
      else Reflect.deleteProperty(globalThis, name);
    }
  }
}

test("a part that cannot be fetched is told on the page, and once it is there again it is had", async () => {
  const store = createStore();
  const broken = (): Promise<number> => Promise.reject(new Error("Loading chunk chart failed."));
  expect(await fetchPart(store, () => Promise.resolve(7))).toBe(7);
  expect(store.get().missing).toBe(false);
  expect(await fetchPart(store, broken)).toBeNull();
  expect(store.get().missing).toBe(true);
  expect(await fetchPart(store, () => Promise.resolve(8))).toBe(8);
  // An engine that breaks down changes nothing about it, nor about a newer version.
  const lost = after([{ kind: "update/waiting" }, { kind: "engine/failed", failure: failure("x", "X.") }], store.get());
  expect(lost).toMatchObject({ missing: true, update: true });
});

/** Stands for what registers the service worker, and says what a browser would. */
class Registered {
  static last: Registered | null = null;
  readonly asked: string[] = [];
  private readonly listeners = new Map<string, () => void>();

  constructor() {
    Registered.last = this;
  }

  addEventListener(kind: string, listen: () => void): void {
    this.listeners.set(kind, listen);
  }

  say(kind: "waiting" | "controlling"): void {
    this.listeners.get(kind)?.();
  }

  register(): Promise<void> {
    return Promise.resolve();
  }

  messageSkipWaiting(): void {
    this.asked.push("skip waiting");
  }
}

test("a newer version is taken by a click, also where another tab took it before", async () => {
  const reload = (): void => void Registered.last?.asked.push("reload");
  await among({ navigator: { serviceWorker: {} }, location: { reload } }, async () => {
    for (const isTakenHere of [true, false]) {
      const store = createStore();
      const actions = offlineActions({ store }, () =>
        Promise.resolve({ Workbox: Registered as unknown as typeof Workbox }),
      );
      await actions.keepPage();
      expect(store.get().update).toBe(false);
      if (isTakenHere) {
        Registered.last?.say("waiting");
        expect(store.get().update).toBe(true);
        actions.takeUpdate();
        Registered.last?.say("controlling");
        expect(Registered.last?.asked).toEqual(["skip waiting", "reload"]);
      } else {
        Registered.last?.say("controlling");
        expect(store.get().update).toBe(true);
        expect(Registered.last?.asked).toEqual([]);
        actions.takeUpdate();
        expect(Registered.last?.asked).toEqual(["reload"]);
      }
    }
  });
});

test("where what keeps the page cannot be fetched, it is told like any other part", async () => {
  await among({ navigator: { serviceWorker: {} } }, async () => {
    const store = createStore();
    await offlineActions({ store }, () => Promise.reject(new Error("Loading chunk offline failed."))).keepPage();
    expect(store.get().missing).toBe(true);
  });
});

test("a figure that the browser gives no pixels for is refused in words", async () => {
  const canvas = {
    getContext: () => null,
    toBlob: (give: (blob: null) => void) => {
      give(null);
    },
  };
  const document = {
    body: {},
    createElement: () => canvas,
    createTreeWalker: () => ({ nextNode: () => null }),
  };
  class Image {
    decode = (): Promise<void> => Promise.resolve();
  }
  const globals = { document, Image, NodeFilter: {}, getComputedStyle: () => ({ backgroundColor: "white" }) };
  await among(globals, async () => {
    const root = { getBoundingClientRect: () => ({ x: 0, y: 0, width: 9, height: 9 }) } as HTMLElement;
    await expect(saveAsPng(root, "figure")).rejects.toMatchObject({ code: PAGE_CODES.figureNotPainted });
  });
});
