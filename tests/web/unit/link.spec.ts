import { expect, test } from "@playwright/test";

import { followAddress, reloadOn } from "../../../www/client/address";
import type { AppEvent } from "../../../www/state/events";
import { canRepeat, givenTo, shareLink } from "../../../www/state/link";
import { linkedRun } from "../../../www/state/linked-run";
import { type AppState, INITIAL_STATE } from "../../../www/state/model";
import { createStore } from "../../../www/state/store";
import { applyHash } from "../../../www/state/url";
import { bench, pause, takeDown } from "./page-bench";
import { after, FINISHED, OPENED, READY, RUN, SETTINGS } from "./support";

test.afterEach(takeDown);

/** A page whose run is over. */
function finished(over: Partial<AppState> = {}): AppState {
  const { distillation } = SETTINGS;
  const config = { ...distillation, optimiser: { ...distillation.optimiser, steps: 7 }, start: "random" as const };
  return {
    ...INITIAL_STATE,
    settings: SETTINGS,
    defaults: SETTINGS,
    engine: {
      phase: "ready",
      device: { kind: "cpu", name: "" } as never,
      activity: null,
      fetched: null,
      refused: null,
    },
    data: { phase: "ready", source: "scenes" } as never,
    teacher: { phase: "ready", source: { kind: "trained" } } as never,
    run: { phase: "finished", job: 1, config, log: {} as never, result: {} as never },
    ...over,
  };
}

test("a link names what the run stands on, its recipe as it was used, and the device that made its numbers", () => {
  const link = shareLink(finished(), "?hub=1");
  expect(link).toMatch(/^\?hub=1&device=cpu#/);
  const hash = link.slice(link.indexOf("#"));
  expect(linkedRun(hash)).toEqual({ data: "scenes", teacher: "trained", start: "random", networks: "distilled" });
  const read = applyHash(SETTINGS, hash);
  expect(read.distillation.optimiser.steps).toBe(7);
  expect(read.distillation.start).toBe("random");
});

test("without a run a link holds the settings alone, and what is no run is none", () => {
  const link = shareLink(finished({ run: { phase: "idle" } }), "");
  expect(link).toMatch(/^#/);
  expect(linkedRun(link)).toBeNull();
  for (const hash of ["", "#run=", "#run=scenes", "#run=scenes,shipped,random,other", "#steps=3"]) {
    expect(linkedRun(hash), hash).toBeNull();
  }
});

/** A Teacher that is trained as job 6 with so many steps. */
function trained(steps: number, start?: "given"): AppEvent[] {
  const { teacher } = SETTINGS;
  const config = { ...teacher, optimiser: { ...teacher.optimiser, steps }, ...(start && { start }) };
  const report = { name: "ResNet-20", parameters: 1, classes: 2, layers: ["layer1"], accuracy: 0.9 };
  return [
    { kind: "teacher/training", job: 6, config },
    { kind: "teacher/ready", job: 6, report },
  ];
}

const DISTILLED: AppEvent[] = [RUN, { kind: "run/event", job: RUN.job, event: FINISHED }];

test("a link has the recipe with which its Teacher was trained, also on other pictures of the same classes", () => {
  const kept = after([...OPENED, ...trained(200)]);
  const source = kept.teacher.phase === "ready" ? kept.teacher.source : { kind: "shipped" as const };
  const again = { ...(kept.teacher.phase === "ready" ? kept.teacher.card : {}) } as never;
  const state = after(
    [
      { kind: "teacher/loading", job: 7, source },
      { kind: "teacher/ready", job: 7, report: again },
      ...DISTILLED,
      { kind: "settings/set", key: "teacher-steps", text: "400" },
    ],
    kept,
  );
  expect(applyHash(SETTINGS, shareLink(state, "")).teacher.optimiser.steps).toBe(200);
  const tuned = after([...OPENED, ...trained(200, "given"), ...DISTILLED]);
  expect(applyHash(SETTINGS, shareLink(tuned, "")).teacher.start).toBe("given");
  // Before a run it is the form that is shared.
  const before = after([{ kind: "settings/set", key: "teacher-steps", text: "400" }], kept);
  expect(applyHash(SETTINGS, shareLink(before, "")).teacher.optimiser.steps).toBe(400);
});

const FILE = { source: { kind: "file", name: "x" } } as const;

test("a link is repeated only once all is there that it cannot hold", () => {
  const page = (words: string, more: Partial<AppState> = {}): AppState => ({
    ...after(OPENED),
    linked: linkedRun(`#run=${words}`),
    ...more,
  });
  const told = (state: AppState): unknown => [canRepeat(state), givenTo(state).map(({ what }) => what)];
  const start = { phase: "ready", card: null, ...FILE } as AppState["start"];
  const teacher = { phase: "ready", card: {}, log: null, ...FILE } as AppState["teacher"];
  const settings = { ...SETTINGS, teacher: { ...SETTINGS.teacher, start: "given" as const } };
  const teacherStart = { phase: "ready", name: "x", card: {} } as AppState["teacherStart"];

  expect(told(page("scenes,shipped,shipped,distilled"))).toEqual([true, []]);
  expect(told(page("scenes,shipped,file,distilled"))).toEqual([false, ["start"]]);
  expect(told(page("scenes,shipped,file,distilled", { start }))).toEqual([true, ["start"]]);
  expect(told(page("scenes,shipped,file,finished"))).toEqual([true, []]);
  expect(told(page("scenes,trained,random,distilled"))).toEqual([true, []]);
  expect(told(page("scenes,trained,random,distilled", { settings }))).toEqual([false, ["checkpoint"]]);
  expect(told(page("scenes,trained,random,distilled", { settings, teacherStart }))).toEqual([true, ["checkpoint"]]);
  expect(told(page("scenes,file,random,distilled", { teacher }))).toEqual([true, []]);
  // The start that comes with the shipped Teacher is had by taking that one first.
  const none = { phase: "none" } as const;
  expect(told(page("scenes,file,shipped,distilled", { teacher, start: none }))).toEqual([false, ["shippedStart"]]);
  expect(told(page("scenes,file,shipped,distilled", { teacher }))).toEqual([true, ["shippedStart"]]);
  // Scenes that are opened take away what was given.
  const data = { ...page("").data, source: "images" } as AppState["data"];
  expect(told(page("scenes,shipped,shipped,distilled", { data }))).toEqual([true, []]);
  expect(told(page("scenes,shipped,file,distilled", { data, start }))).toEqual([false, ["start"]]);
});

test("a link's start from a file is there again after the shipped Teacher", async () => {
  const { store, actions, asked } = bench(() => ({}), {
    from: { linked: linkedRun("#run=scenes,shipped,file,distilled") },
  });
  await actions.start();
  expect(await actions.repeatLink(() => undefined)).toBe(false);
  expect(asked.at(-1)).toBe("1 pictures");
  await actions.loadStart(new File(["x"], "start.safetensors"));
  void actions.repeatLink(() => undefined);
  await expect.poll(() => asked.includes("1 distil")).toBe(true);
  const [teacher, start] = ["1 useShippedTeacher", "1 loadStudentStart"].map((what) => asked.lastIndexOf(what));
  expect(teacher).toBeLessThan(start ?? 0);
  expect(store.get().start).toMatchObject({ phase: "ready", source: { kind: "file", name: "start.safetensors" } });
});

test("an edited address renews the run that it tells of, until one is finished", () => {
  const store = createStore(after([...OPENED, ...DISTILLED]));
  let edited = (): void => undefined;
  Object.assign(globalThis, {
    location: { hash: "#run=scenes,trained,random,distilled", pathname: "/", search: "" },
    history: { replaceState: () => undefined },
    addEventListener: (_: string, listener: () => void) => (edited = listener),
  });
  followAddress(store, () => undefined);
  edited();
  expect(store.get().linked).toMatchObject({ teacher: "trained" });
  store.dispatch({ kind: "address/refused", refused: [] });
  expect(store.get().linked, "what is told of it at a start").not.toBeNull();
  for (const event of DISTILLED) store.dispatch(event);
  expect(store.get().linked).toBeNull();
});

/** An address that can be written and loaded anew, as it stands, and how often it was loaded. */
function addressBar(search: string, hash: string): { location: Record<string, unknown>; reloads: () => number } {
  let reloads = 0;
  const location = { pathname: "/", search, hash, reload: () => void reloads++ };
  const replaceState = (_: null, __: string, address: string): void => {
    const { pathname, search, hash } = new URL(address, "http://localhost/");
    Object.assign(location, { pathname, search, hash });
  };
  Object.assign(globalThis, { location, history: { replaceState }, addEventListener: () => undefined });
  return { location, reloads: () => reloads };
}

/** Longer than it takes until the address is written. */
const WRITTEN = 250;

test("the address keeps a link's run, with every setting, until it was repeated", async () => {
  const run = "run=scenes,trained,random,distilled";
  const { location } = addressBar("?language=en", `#steps=7&${run}`);
  const store = createStore({ ...INITIAL_STATE, linked: linkedRun(`#${run}`) });
  followAddress(store, () => undefined);
  const settings = applyHash(SETTINGS, "#steps=7");
  store.dispatch({ ...READY, settings } as AppEvent);
  await pause(WRITTEN);
  expect(linkedRun(String(location["hash"]))).toMatchObject({ teacher: "trained" });
  // A page that comes with other settings reads the same.
  const others = applyHash(SETTINGS, "#steps=50&batch=8&seed=9");
  expect(applyHash(others, String(location["hash"]))).toEqual(settings);
  expect(location["search"]).toBe("?language=en");
  for (const event of DISTILLED) store.dispatch(event);
  await pause(WRITTEN);
  expect(location["hash"]).toBe("#steps=7");
});

test("the way out to the CPU keeps the link's run, its settings and the language", () => {
  const hash = "#steps=7&run=scenes,shipped,shipped,distilled";
  const { location, reloads } = addressBar("?language=zh-CN&device=webgpu", hash);
  reloadOn("cpu");
  expect(location).toMatchObject({ pathname: "/", search: "?language=zh-CN&device=cpu", hash });
  expect(reloads()).toBe(1);
});
