import { expect, test } from "@playwright/test";

import type { Context } from "../../../www/client/context";
import { type DataActions, dataActions } from "../../../www/client/data-actions";
import { inClassFolders, isLoose } from "../../../www/client/files";
import type { NamedFile } from "../../../www/protocol/messages";
import { createStore, type Store } from "../../../www/state/store";
import { bench, DATA, takeDown } from "./page-bench";
import { after, DEFAULTS, FINISHED, knownSet, READY, RUN, SETTINGS } from "./support";

test.afterEach(takeDown);

const PETS = knownSet("cats-and-dogs", ["cats", "dogs"]);

function named(...paths: string[]): NamedFile[] {
  return paths.map((path) => ({ path, file: new File([], path) }));
}

function pathsOf(files: NamedFile[]): string[] {
  return files.map(({ path }) => path);
}

/** A page where a known set is chosen, whose engine notes what it is to read. */
function petsPage(): { data: DataActions; store: Store; read: () => string[] | null } {
  const settings = { ...SETTINGS, images: PETS.images };
  const store = createStore({ ...after([READY]), settings, dataSets: [PETS] });
  const api = new Proxy({}, { get: () => () => Promise.reject(new Error("there is no engine")) });
  let job = 0;
  const context: Context = {
    store,
    call: (invoke) => invoke(api as never) as never,
    tell: () => undefined,
    noteProgress: () => undefined,
    lastLoss: () => "",
    newJob: () => ++job,
  };
  const data = dataActions(context);
  return { data, store, read: () => (data.given().source === "images" ? pathsOf(data.given().files) : null) };
}

test("photos whose class was told are read with those that come in a folder or under a class's name", async () => {
  for (const dogs of [named("dogs/1.jpg", "dogs/2.jpg"), named("dog.1.jpg", "dog.2.jpg")]) {
    const { data, store, read } = petsPage();
    await data.addFiles(named("IMG_1.jpg", "IMG_2.jpg"), "");
    expect(store.get().loose).toEqual({ waiting: 2, told: [] });
    await data.nameLoose("cats");
    expect(store.get().loose).toEqual({ waiting: 0, told: ["cats"] });
    expect(read()).toBeNull();
    await data.addFiles(dogs, "");
    expect(store.get().loose).toEqual({ waiting: 0, told: [] });
    const folders = new Set(read()?.map((path) => path.split("/")[0]));
    expect([...folders].sort()).toEqual(["cats", "dogs"]);
    expect(read()).toHaveLength(4);
  }
});

test("a photo that waits for its class leaves the run as it is, and the Teacher stays once it is told", async () => {
  const card = { name: "ResNet-20", parameters: 1, classes: 2, layers: ["layer1"], accuracy: 0.8 };
  const { store, actions, asked } = bench(() => ({
    start: () => ({ device: { kind: "cpu", name: "test", notice: null }, defaults: { ...DEFAULTS, dataSets: [PETS] } }),
    readImages: () => ({ ...DATA, classNames: PETS.classNames }),
    describeTeacher: () => card,
  }));
  await actions.start();
  await actions.addFiles(named("cats/1.jpg", "dogs/1.jpg"), "");
  await actions.trainTeacher();
  store.dispatch(RUN);
  store.dispatch({ kind: "run/event", job: RUN.job, event: FINISHED });
  actions.chooseDataSet("cats-and-dogs");
  const before = store.get();
  expect([before.teacher.phase, before.run.phase]).toEqual(["ready", "finished"]);
  expect(await actions.addFiles(named("rex.jpg"), "")).toBe(true);
  expect(store.get()).toEqual({ ...before, loose: { waiting: 1, told: [] } });
  // Beside pictures of two classes it is read as soon as its class is told.
  expect(await actions.nameLoose("dogs")).toBe(true);
  expect(asked.filter((what) => what === "1 readImages")).toHaveLength(2);
  expect(store.get().teacher).toMatchObject({ phase: "ready", source: { kind: "trained" }, card });
});

test("nobody is asked what a text shows: it waits for the photos, to be a marked row among them", async () => {
  const { data, store, read } = petsPage();
  await data.addFiles(named("IMG_1.jpg", "list.txt"), "");
  expect(store.get().loose.waiting).toBe(1);
  await data.nameLoose("cats");
  await data.addFiles(named("IMG_2.jpg"), "");
  expect(read()).toBeNull();
  await data.nameLoose("dogs");
  expect(read()).toEqual(["cats/IMG_1.jpg", "dogs/IMG_2.jpg", "list.txt"]);
  // Alone it is a failure at once.
  const other = petsPage();
  await other.data.addFiles(named("list.txt"), "");
  expect(other.store.get().data.phase).toBe("failed");
  expect(other.read()).toEqual(["list.txt"]);
});

test("a photo is known by its name, also one that no reader knows, and one without an ending", () => {
  expect(named("IMG_1.JPG", "cat.jpg", "Katze 3.webp", "p.heic", "scan", "a.b.webp").every(isLoose)).toBe(true);
  expect(
    named("list.txt", "clip.mp4", "cats/1.jpg", "cat.17.jpg", "pets.zip", "train.parquet", "x_train.npy", "pets/").some(
      isLoose,
    ),
  ).toBe(false);
});

test("folders and names that mean a class are called as it is, and others stay", () => {
  const given = named("Cat/1.jpg", "pets/dog/2.jpg", "dog.3.jpg", "CATS/", "kittens/4.jpg", "list.txt", "cat.jpg");
  expect(pathsOf(inClassFolders(given, ["cats", "dogs"]))).toEqual([
    "cats/1.jpg",
    "pets/dogs/2.jpg",
    "dogs/dog.3.jpg",
    "cats/",
    "kittens/4.jpg",
    "list.txt",
    "cat.jpg",
  ]);
  expect(pathsOf(inClassFolders(given, []))).toEqual(pathsOf(given));
});
