import { expect, test } from "@playwright/test";

import type { NamedFile } from "../../../www/protocol/messages";
import { type Bench, bench, CARD, DATA, lost, pause, takeDown } from "./page-bench";
import { DEFAULTS, knownSet } from "./support";

test.afterEach(takeDown);

const FILES: NamedFile[] = ["a/1.png", "b/1.png"].map((path) => ({ path, file: new File(["x"], path) }));

test("an engine that is lost while pictures are opened is followed by one that prepares them alike", async () => {
  const { store, actions, asked } = bench((worker) => (worker === 1 ? { readImages: lost } : {}));
  await actions.start();
  expect(await actions.addFiles(FILES, "")).toBe(true);
  expect(asked.filter((what) => what.startsWith("2 ") && what !== "2 pictures")).toEqual([
    "2 start",
    "2 useNormalisation",
    "2 readImages",
  ]);
  expect(store.get().data).toMatchObject({ phase: "ready", source: "images" });
});

test("an engine that is lost while pictures are fetched for the sheet is followed by one that has them", async () => {
  let sheets = 0;
  const { store, actions, asked } = bench((worker) => ({
    pictures: () => (worker === 1 && ++sheets > 2 ? lost() : []),
  }));
  await actions.start();
  expect(await actions.addFiles(FILES, "")).toBe(true);
  expect(asked.filter((what) => what.startsWith("2 "))).toEqual([
    "2 start",
    "2 useNormalisation",
    "2 readImages",
    "2 pictures",
    "2 pictures",
  ]);
  expect(store.get().data.phase).toBe("ready");
});

test("an engine that takes another's place has the pictures as they were opened, whatever the settings say by now", async () => {
  const told: unknown[] = [];
  const { store, actions } = bench((worker) => ({
    useScenes: (_: number, { backgroundDial }: { backgroundDial: number }) => {
      told.push([worker, backgroundDial]);
      return DATA;
    },
    useNormalisation: (_: number, normalisation: unknown) => {
      told.push([worker, normalisation]);
      return null;
    },
  }));
  await actions.start();
  store.dispatch({ kind: "settings/set", key: "dial", text: "0.4" });
  store.dispatch({ kind: "settings/set", key: "normalisation", text: "cifar10" });
  actions.loseEngine();
  await expect.poll(() => store.get().keeping.survived.length).toBe(1);
  expect(told).toEqual([
    [1, "imagenet"],
    [1, 0.9],
    [2, "imagenet"],
    [2, 0.9],
  ]);
});

test("how networks see the scenes follows the settings also where those of pictures of one's own change with it", async () => {
  const told: unknown[] = [];
  const { store, actions } = bench(() => ({ useNormalisation: (_: number, way: unknown) => void told.push(way) }));
  await actions.start();
  const { settings } = store.get();
  if (!settings) throw new Error("the engine has started");
  actions.replace({ ...settings, images: { ...settings.images, size: 64 }, normalisation: "cifar10" });
  await pause(300);
  expect(told).toEqual(["imagenet", "cifar10"]);
  // And so does an engine that takes this one's place.
  actions.loseEngine();
  await expect.poll(() => store.get().keeping.survived.length).toBe(1);
  expect(told).toEqual(["imagenet", "cifar10", "cifar10"]);
});

test("a run that begins right after a change of settings begins on pictures that follow them, and stays", async () => {
  const { store, actions, asked } = bench(() => ({}));
  await actions.start();
  await actions.useShippedTeacher();
  const { settings } = store.get();
  if (!settings) throw new Error("the engine has started");
  actions.replace({ ...settings, normalisation: "cifar10" });
  actions.set("dial", "0.4");
  void actions.distil();
  await expect.poll(() => asked.includes("1 distil")).toBe(true);
  expect(asked.lastIndexOf("1 useScenes")).toBeLessThan(asked.indexOf("1 distil"));
  expect(asked.filter((what) => what === "1 useScenes")).toHaveLength(2);
  await pause(600);
  expect(asked.filter((what) => what === "1 useScenes")).toHaveLength(2);
});

test("a run that is asked for while pictures are about to follow the settings waits for them, and has a Teacher on them", async () => {
  for (const wait of [0, 240, 260]) {
    const { store, actions, asked } = bench(() => ({
      useScenes: async () => {
        await pause(100);
        return DATA;
      },
      // Settings are settled on while it is on its way.
      useShippedTeacher: async () => {
        await pause(50);
        return CARD;
      },
    }));
    await actions.start();
    actions.set("dial", "0.4");
    await pause(wait);
    void actions.runAll(() => undefined);
    await expect.poll(() => asked.includes("1 distil")).toBe(true);
    expect(store.get(), `asked after ${String(wait)} ms`).toMatchObject({
      data: { phase: "ready" },
      teacher: { phase: "ready" },
    });
    expect(asked.lastIndexOf("1 useScenes")).toBeLessThan(asked.lastIndexOf("1 useShippedTeacher"));
    await pause(600);
    expect(asked.lastIndexOf("1 useScenes")).toBeLessThan(asked.indexOf("1 distil"));
    takeDown();
  }
});

test("what is opened in the first moment of an engine is not opened a second time under it", async () => {
  const { store, actions, asked } = bench();
  const started = actions.start();
  // As soon as the engine stands, as a program clicks.
  await new Promise<void>((resolve) => {
    const stop = store.subscribe(() => {
      if (store.get().engine.phase !== "ready") return;
      stop();
      resolve();
    });
  });
  expect(store.get().data.phase).toBe("empty");
  expect(await actions.openScenes()).toBe(true);
  await started;
  expect(asked.filter((what) => what === "1 useScenes")).toHaveLength(1);
  expect(store.get().data).toMatchObject({ phase: "ready", source: "scenes" });
});

/** A page at this address that knows two data sets, and was given pictures. */
async function givenAt(hash: string, choose: (actions: Bench["actions"]) => void = () => undefined): Promise<Bench> {
  const dataSets = [knownSet("cifar10", ["airplane", "frog"]), knownSet("cats-and-dogs", ["cats", "dogs"])];
  const page = bench(() => ({
    start: () => ({ device: { kind: "cpu", name: "test", notice: null }, defaults: { ...DEFAULTS, dataSets } }),
  }));
  location.hash = hash;
  await page.actions.start();
  choose(page.actions);
  expect(await page.actions.addFiles(FILES, "")).toBe(true);
  return page;
}

test("pictures that were given as those of one known data set are forgotten for another one", async () => {
  const byClick = await givenAt("", ({ chooseDataSet }) => {
    chooseDataSet("cifar10");
  });
  // The same without a click.
  const byAddress = await givenAt("#set=cifar10");
  for (const { store, actions } of [byClick, byAddress]) {
    actions.chooseDataSet(null);
    expect(actions.given().files).toHaveLength(2);
    actions.chooseDataSet("cats-and-dogs");
    await expect.poll(() => store.get().data).toMatchObject({ phase: "ready", source: "scenes" });
    // Nothing of them is among those that are given then.
    const pets = ["cats", "dogs"].map((name) => ({ path: `${name}/1.png`, file: new File(["x"], name) }));
    await actions.addFiles(pets, "");
    expect(actions.given().files).toEqual(pets);
  }
});

test("pictures of one's own stay for any known data set that is looked at, before them and after", async () => {
  const { store, actions } = await givenAt("", ({ chooseDataSet }) => {
    chooseDataSet("cifar10");
    chooseDataSet(null);
  });
  for (const name of ["cats-and-dogs", "cifar10"] as const) {
    actions.chooseDataSet(name);
    expect(actions.given()).toEqual({ source: "images", files: FILES });
    expect(store.get().data).toMatchObject({ phase: "ready", source: "images" });
  }
  // Once they are taken as those of one, they are none of another one's.
  actions.takeAsDataSet("cats-and-dogs");
  expect(actions.given().files).toEqual(FILES);
  actions.chooseDataSet("cifar10");
  expect(actions.given().files).toEqual([]);
});
