import { expect, test } from "@playwright/test";

import { Keeper } from "../../../www/client/keeping/keeper";
import { labActions } from "../../../www/client/lab-actions";
import type { TeacherReading } from "../../../www/protocol/contract";
import type { NamedFile } from "../../../www/protocol/messages";
import { KEPT_FORMAT, type KeptPage, type KeptWork } from "../../../www/state/kept-work";
import type { KeptRun } from "../../../www/state/lab";
import { INITIAL_STATE } from "../../../www/state/model";
import { createStore } from "../../../www/state/store";
import { bench, locks, lost, pause, refused, shelf, takeDown } from "./page-bench";
import { after, FINISHED, OPENED, report, RUN, SETTINGS } from "./support";

test.afterEach(takeDown);

const FILES: NamedFile[] = ["a/1.png", "b/1.png"].map((path) => ({ path, file: new File(["x"], path) }));

/** Longer than it takes until what has changed is written. */
const WRITTEN = 1700;

function keptRun(id: number, series: number | null = null): KeptRun {
  const { distillation: config } = SETTINGS;
  const result = { ...FINISHED, student: id / 10 };
  const more = { settings: SETTINGS, config, result, log: {} as never, scores: null, maps: null };
  return { id, name: "", dataName: "mine", series, ...more };
}

/** Hours of work of an earlier visit: a Teacher, a run under way, runs in the lab. */
function earlier(): KeptWork {
  const { teacher, start, teacherStart, run, ...state } = after([...OPENED, RUN]);
  const { maps, spread, scores, matrices, answers, faithfulness, sanity } = state;
  const page: KeptPage = {
    ...{ start, teacherStart, run, maps, spread, scores, matrices, answers, faithfulness, sanity },
    teacher: teacher.phase === "ready" ? { ...teacher, source: { kind: "trained" } } : teacher,
  };
  const config = { kind: "distillation", ...RUN.config } as const;
  return {
    summary: { id: "X", format: KEPT_FORMAT, savedAt: 1, dataName: "mine", run: null, result: null, bytes: 1 },
    settings: SETTINGS,
    data: { source: "images", files: FILES },
    page,
    session: new Blob(["hours"]),
    run: { config, step: 100, checkpoint: new Blob(["c"]) },
    lab: [keptRun(1, 1), keptRun(2, 1)],
  };
}

test("a work that takes long to be brought back is not written over meanwhile, and is this tab's afterwards", async () => {
  const held = locks();
  const [work, kept] = [earlier(), shelf([earlier()])];
  const slow = (): Promise<void> => pause(WRITTEN + 300);
  const { store, actions } = bench(() => ({ unpack: slow, goOn: () => pause(WRITTEN + 300) }), {
    openVault: kept.open,
  });
  await actions.start();
  const taking = actions.takeUp("X");
  await pause(WRITTEN);
  expect(store.get().keeping.isTakingUp).toBe(true);
  expect([...kept.works.keys()]).toEqual(["X"]);
  expect(kept.works.get("X")).toEqual(work);
  await expect.poll(() => store.get().run.phase).toBe("running");
  await pause(WRITTEN);
  const written = kept.works.get("X");
  expect(await written?.session?.text()).toBe("hours");
  expect(written?.run?.step).toBe(100);
  expect([...held]).toEqual(["unicam-work-X"]);
  await taking;
});

test("pictures of a work that were those of a known data set are not taken for those of another one", async () => {
  locks();
  const images = { ...SETTINGS.images, dataSet: "cifar10" } as const;
  const kept = shelf([{ ...earlier(), settings: { ...SETTINGS, images }, run: null }]);
  const { store, actions } = bench(() => ({}), { openVault: kept.open });
  await actions.start();
  expect(await actions.takeUp("X")).toBe(true);
  expect(actions.given()).toEqual({ source: "images", files: FILES });
  actions.chooseDataSet("cats-and-dogs");
  await expect.poll(() => store.get().data).toMatchObject({ phase: "ready", source: "scenes" });
});

test("a work that cannot be brought back stays as it was, and what is shown then is another one", async () => {
  const held = locks();
  const [work, kept] = [earlier(), shelf([earlier()])];
  const { store, actions } = bench(() => ({ unpack: refused }), { openVault: kept.open });
  await actions.start();
  expect(await actions.takeUp("X")).toBe(false);
  expect(held.size).toBe(0);
  await pause(WRITTEN);
  expect(kept.works.get("X")).toEqual(work);
  expect(kept.works.size).toBe(2);
  expect(store.get().keeping).toMatchObject({ isTakingUp: false, works: [{ id: "X" }] });
});

test("a tab's own work stays as it was when another one is taken up in vain", async () => {
  locks();
  const kept = shelf([earlier()]);
  const { actions } = bench(() => ({ unpack: refused }), { openVault: kept.open });
  await actions.start();
  await actions.trainTeacher();
  await expect.poll(() => kept.works.size, { timeout: 5000 }).toBe(2);
  const [, own] = [...kept.works.values()];
  expect(own?.session).not.toBeNull();
  await actions.takeUp("X");
  await pause(WRITTEN);
  expect(kept.works.size).toBe(3);
  expect(kept.works.get(own?.summary.id ?? "")).toBe(own);
});

test("what was kept of an engine that failed for good is offered after a restart, not written over", async () => {
  locks();
  const kept = shelf();
  const { store, actions } = bench((worker) => (worker === 2 ? { start: lost } : {}), { openVault: kept.open });
  await actions.start();
  await actions.addFiles(FILES, "");
  await actions.trainTeacher();
  await expect.poll(() => kept.works.size, { timeout: 5000 }).toBe(1);
  const [own] = [...kept.works.values()];
  actions.loseEngine();
  await expect.poll(() => store.get().engine.phase).toBe("failed");
  expect(await actions.start()).toBe(true);
  await pause(WRITTEN);
  expect(own?.session).not.toBeNull();
  expect(kept.works.get(own?.summary.id ?? "")).toBe(own);
  expect(store.get().keeping.works.map(({ id }) => id)).toEqual([own?.summary.id]);
});

test("a database that a newer page has taken over stays so", async () => {
  locks();
  const kept = shelf();
  const { store, actions } = bench(() => ({}), { openVault: kept.open });
  await actions.start();
  kept.close();
  expect(store.get().keeping.trouble).toBe("newer");
  await actions.addFiles(FILES, "");
  await pause(WRITTEN);
  expect(store.get().keeping.trouble).toBe("newer");
  expect(kept.works.size).toBe(0);
});

test("what was deleted is not told as kept, and is kept anew only once something changes", async () => {
  locks();
  const kept = shelf([earlier()]);
  const { store, actions } = bench(() => ({}), { openVault: kept.open });
  await actions.start();
  await actions.addFiles(FILES, "");
  await expect.poll(() => kept.works.size, { timeout: 5000 }).toBe(2);
  const { saved } = store.get().keeping;
  expect(saved).not.toBeNull();
  await actions.deleteWork("X");
  expect(store.get().keeping).toMatchObject({ deleted: 1, saved });
  // What has changed waits to be written.
  actions.set("opacity", "0.5");
  await actions.deleteAllWork();
  expect(store.get().keeping).toMatchObject({ deleted: saved?.bytes, saved: null });
  await pause(WRITTEN);
  expect(kept.works.size).toBe(0);
  actions.set("opacity", "0.25");
  await expect.poll(() => kept.works.size, { timeout: 5000 }).toBe(1);
  const [written] = [...kept.works.values()];
  expect(written?.data.files).toEqual(FILES);
});

test("two writes at once leave one lock, which is let go when another work is taken up", async () => {
  const held = locks();
  const kept = shelf([earlier()]);
  const store = createStore(after([...OPENED, RUN, { kind: "run/event", job: RUN.job, event: report(1) }]));
  const keeper = new Keeper({ store } as never, () => ({ source: "scenes", files: [] }), kept.open);
  keeper.beginRun({ kind: "distillation", ...RUN.config });
  keeper.keepRun(1, new Blob(["1"]));
  keeper.keepRun(2, new Blob(["2"]));
  await expect.poll(() => kept.works.size).toBe(2);
  await pause(50);
  expect(held.size).toBe(1);
  await keeper.adopt("X", () => Promise.resolve(true));
  await pause(10);
  expect([...held]).toEqual(["unicam-work-X"]);
});

/** A page that has read Teachers from files, and what was read: how much of a file, and which network in it. */
function readingPage(kept: KeptWork[] = []): ReturnType<typeof bench> & { read: unknown[] } {
  const read: unknown[] = [];
  const card = { name: "ResNet-20", parameters: 1, classes: 2, layers: ["layer1"], accuracy: 0.9 };
  const answers = {
    loadTeacher: (_: number, file: Blob, { network }: TeacherReading) => {
      read.push([file.size, network]);
      return card;
    },
    // Longer than a Teacher is read.
    useNormalisation: () => pause(50).then(() => card),
  };
  return { ...bench(() => answers, { openVault: shelf(kept).open }), read };
}

test("a Teacher that was taken up is not read from the file of another one, nor from one that is gone", async () => {
  locks();
  const { page, ...work } = earlier();
  const teacher = { ...page.teacher, source: { kind: "file", name: "older.pth" } } as KeptPage["teacher"];
  const older = { ...work, page: { ...page, teacher, run: { phase: "idle" as const } }, run: null };
  const { store, actions, read } = readingPage([older]);
  await actions.start();
  await actions.loadTeacher(new File(["12"], "newer.pth"));
  expect(actions.hasTeacherFile()).toBe(true);
  expect(await actions.readTeacher({ network: "ema", order: [] })).toBe(true);
  expect(actions.hasTeacherFile()).toBe(true);
  const before = [
    [2, null],
    [2, "ema"],
  ];
  expect(read).toEqual(before);
  expect(await actions.takeUp("X")).toBe(true);
  expect(actions.hasTeacherFile()).toBe(false);
  expect(await actions.readTeacher({ network: "ema", order: [] })).toBe(false);
  expect(read).toEqual(before);
  expect(store.get().teacher).toMatchObject({ phase: "ready", source: { name: "older.pth" } });
  // Picked again, it can be read in any way.
  await actions.loadTeacher(new File(["123"], "older.pth"));
  expect(await actions.readTeacher({ network: "ema", order: [] })).toBe(true);
  expect(read.slice(2)).toEqual([
    [3, null],
    [3, "ema"],
  ]);
});

test("a network in a file that is read while the pictures are prepared anew is still that one afterwards", async () => {
  locks();
  const { actions, read } = readingPage();
  await actions.start();
  await actions.loadTeacher(new File(["12"], "two.pth"));
  const reading = actions.readTeacher({ network: "ema", order: [] });
  expect(await actions.prepare()).toBe(true);
  expect(await reading).toBe(true);
  expect(read).toEqual([
    [2, null],
    [2, "ema"],
    [2, "ema"],
  ]);
});

test("a series after a work was taken up is not one of its own", async () => {
  const store = createStore({ ...INITIAL_STATE, settings: SETTINGS });
  const series = { id: 1, total: 3, isRunning: false, summaries: null };
  store.dispatch({ kind: "lab/series", series });
  store.dispatch({ kind: "kept/restored", page: earlier().page, lab: [keptRun(1, 1), keptRun(2, 1)] });
  expect(store.get().lab.series).toEqual([]);
  const summed: number[] = [];
  const call = (invoke: (api: object) => Promise<{ value: unknown }>): Promise<unknown> =>
    invoke({
      summaries: (_: number, [students = []]: number[][]) => {
        summed.push(students.length);
        return Promise.resolve({ value: [] });
      },
    }).then(({ value }) => value);
  const distil = (_: number, series: number): Promise<boolean> => {
    store.dispatch({ kind: "lab/kept", run: keptRun(0, series) });
    return Promise.resolve(true);
  };
  const context = { store, call, newJob: () => 1 } as never;
  expect(await labActions(context, distil, () => undefined).distilSeries(2)).toBe(true);
  expect(summed).toEqual([1, 2]);
  expect(store.get().lab.series.map(({ id }) => id)).toEqual([2]);
});
