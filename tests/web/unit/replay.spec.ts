import { expect, test } from "@playwright/test";

import { isBundle } from "../../../www/client/replay-actions";
import type { BundleSummary, ReplayReport } from "../../../www/protocol/contract";
import { failure, PAGE_CODES } from "../../../www/protocol/failure";
import { chartSvg, ticksOf } from "../../../www/render/chart-svg";
import type { Curve } from "../../../www/render/curves";
import { reduceReplay, type ReplayEvent, type ReplayState } from "../../../www/state/replay";
import { createEngine } from "../../../www/worker/engine";
import { zip } from "../e2e/bytes";
import { type Bench, bench, lost, takeDown } from "./page-bench";
import { DEFAULTS, supplyOf } from "./support";

test.afterEach(takeDown);

const SUMMARY = { student: "ResNet-8", hasPictures: true } as BundleSummary;

function after(events: ReplayEvent[], state: ReplayState = { phase: "none" }): ReplayState {
  return events.reduce(reduceReplay, state);
}

const OPENED: ReplayEvent[] = [
  { kind: "replay/opening", job: 1, name: "a.zip" },
  { kind: "replay/opened", job: 1, summary: SUMMARY },
];

test("a bundle is opened, replayed and compared; what a replaced job says changes nothing", () => {
  const opened = after(OPENED);
  expect(opened).toMatchObject({ phase: "opened", name: "a.zip", failure: null });
  const running = after([{ kind: "replay/started", job: 2 }], opened);
  const progress = { stage: "training", done: 1, total: 4, secondsLeft: null };
  expect(after([{ kind: "replay/progress", job: 2, progress }], running)).toMatchObject({ progress });
  expect(after([{ kind: "replay/progress", job: 1, progress }], running)).toBe(running);
  const report = { held: 4 } as ReplayReport;
  expect(after([{ kind: "replay/compared", job: 2, report }], running)).toMatchObject({ phase: "compared", report });
  expect(after([{ kind: "replay/closed" }], running)).toEqual({ phase: "none" });
});

test("what failed is told and what was cancelled is as before", () => {
  const refused = failure("other-pictures", "Other pictures.");
  const reading = after([{ kind: "replay/reading", job: 2, total: 3 }], after(OPENED));
  expect(after([{ kind: "replay/failed", job: 2, failure: refused }], reading)).toMatchObject({
    phase: "opened",
    failure: refused,
  });
  const cancelled = failure(PAGE_CODES.cancelled, "Cancelled.");
  expect(after([{ kind: "replay/failed", job: 2, failure: cancelled }], reading)).toEqual(after(OPENED));
  const opening = after(OPENED.slice(0, 1));
  expect(after([{ kind: "replay/failed", job: 1, failure: refused }], opening)).toMatchObject({ phase: "failed" });
});

test("a bundle that is closed in the middle of a step is freed behind it, and another one can be opened", async () => {
  const asked: string[] = [];
  let end: () => void = () => undefined;
  let isStepping = false;
  // As wasm-bindgen has it: what is freed while a step has borrowed it throws, and is no longer there either way.
  const openReplay = (): object => {
    let isFreed = false;
    return {
      summary: () => SUMMARY,
      start: () => void asked.push("start"),
      next: async () => {
        isStepping = true;
        await new Promise<void>((resolve) => (end = resolve));
        isStepping = false;
        return { kind: "progress", stage: "training", done: 1, total: 4 };
      },
      free: () => {
        if (isFreed) throw new Error("null pointer passed to rust");
        isFreed = true;
        if (isStepping) throw new Error("attempted to take ownership of Rust value while it was borrowed");
        asked.push("free");
      },
    };
  };
  const session = {
    device: () => ({ kind: "cpu", name: "test", notice: null }),
    readConfig: () => ({ scores: DEFAULTS.scores }),
    openReplay,
  };
  const engineClass = { create: () => Promise.resolve(session), defaults: () => DEFAULTS, dataSets: () => [] };
  const deaf = (): void => undefined;
  const api = createEngine(supplyOf(() => Promise.resolve(engineClass)));
  await api.start("cpu", deaf, deaf);
  const file = new File(["bundle"], "a.zip");
  expect(await api.openBundle(1, file)).toEqual({ ok: true, value: SUMMARY });
  const run = api.replay(2, { networksOnly: false }, deaf);
  await expect.poll(() => isStepping).toBe(true);
  api.cancel(2);
  api.closeBundle();
  expect(asked).toEqual(["start"]);
  end();
  expect(await run).toMatchObject({ ok: false, failure: { code: "cancelled" } });
  for (const job of [3, 4]) expect(await api.openBundle(job, file)).toEqual({ ok: true, value: SUMMARY });
  // The first behind its step, the second by the third.
  expect(asked).toEqual(["start", "free", "free"]);
  api.closeBundle();
  expect(await api.replay(5, { networksOnly: false }, deaf)).toMatchObject({ failure: { code: "not-ready" } });
});

/** A page whose workers hold what they were given, and lose it; the first is lost by a replay. */
function losing(slow?: Promise<void>): Bench {
  return bench((worker) => {
    let held = "";
    return {
      openBundle: async (_: number, file: Blob) => {
        if (worker > 1) await slow;
        held = `bundle of ${String(file.size)}`;
        return SUMMARY;
      },
      readBundlePictures: (_: number, files: unknown[]) => {
        held += ` with ${String(files.length)}`;
        return SUMMARY;
      },
      replay: () => {
        if (worker === 1) lost();
        if (held === "bundle of 3 with 1") return { held: 4 };
        throw Object.assign(new Error("Open a bundle first."), { code: "not-ready" });
      },
      closeBundle: () => (held = ""),
    };
  });
}

const PICTURES = [{ path: "a/1.png", file: new File(["x"], "1.png") }];

test("an engine that takes a lost one's place is given the open bundle and its pictures, once", async () => {
  const { store, actions, asked } = losing();
  const told = (worker: number): string[] =>
    asked.filter((what) => new RegExp(`^${String(worker)} .*(bundle|replay)`, "i").test(what));
  await actions.start();
  await actions.openBundle(new File(["zip"], "a.zip"));
  await actions.giveBundlePictures(PICTURES);
  // Lost under a replay, which goes on in the next engine.
  expect(await actions.replay(false)).toBe(true);
  expect(store.get().replay).toMatchObject({ phase: "compared", report: { held: 4 } });
  expect(await actions.replay(true)).toBe(true);
  expect(told(1)).toEqual(["1 openBundle", "1 readBundlePictures", "1 replay"]);
  expect(told(2)).toEqual(["2 openBundle", "2 readBundlePictures", "2 replay", "2 replay"]);
  // Lost while nothing is done.
  actions.loseEngine();
  await expect.poll(() => store.get().engine.phase).toBe("ready");
  expect(await actions.giveBundlePictures(PICTURES)).toBe(true);
  expect(await actions.replay(true)).toBe(true);
  expect(told(3)).toEqual(["3 openBundle", "3 readBundlePictures", "3 replay"]);
});

test("a replay that is cancelled while another engine is given the bundle does not begin there", async () => {
  let end: () => void = () => undefined;
  const { store, actions, asked } = losing(new Promise<void>((resolve) => (end = resolve)));
  await actions.start();
  await actions.openBundle(new File(["zip"], "a.zip"));
  await actions.giveBundlePictures(PICTURES);
  const replay = actions.replay(false);
  await expect.poll(() => asked.includes("2 openBundle")).toBe(true);
  actions.cancelReplay();
  end();
  expect(await replay).toBe(false);
  expect(store.get().replay).toMatchObject({ phase: "opened", failure: null });
  expect(asked).not.toContain("2 readBundlePictures");
  expect(asked).not.toContain("2 replay");
  // Asked for once more, it begins with all that it needs.
  expect(await actions.replay(false)).toBe(true);
});

test("a bundle is told from an archive of pictures by its two ends", async () => {
  const file = (name: string, paths: string[]): File =>
    new File([new Uint8Array(zip(paths.map((path) => ({ path, bytes: Buffer.alloc(9) }))))], name);
  expect(await isBundle(file("a.zip", ["README.txt", "bundle.json"]))).toBe(true);
  expect(await isBundle(file("a.zip", ["cats/1.png", "dogs/2.png"]))).toBe(false);
  expect(await isBundle(new File(["bundle.json"], "a.zip"))).toBe(false);
  expect(await isBundle(file("a.png", ["bundle.json"]))).toBe(false);
});

test("a chart as vectors has its curves, ticks and words, gaps where there is no number, and no markup of strangers", () => {
  expect(ticksOf(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticksOf(0, 400)).toEqual([0, 100, 200, 300, 400]);
  expect(ticksOf(-0.3, 0.72)).toEqual([-0.5, 0, 0.5, 1]);
  const curve: Curve = {
    label: "Student",
    tone: "student",
    line: "dashed",
    marker: "circle",
    points: [
      { x: 1, y: 0.5, low: 0.4, high: 0.6 },
      { x: 2, y: NaN },
      { x: 3, y: 0.7 },
    ],
  };
  const look = { colour: (name: string): string => `#${name}`, font: "sans" };
  const svg = chartSvg([curve], { xTitle: "a < b", yTitle: "", yMin: 0, yMax: 1 }, 400, 200, look);
  expect(svg).toContain("a &lt; b");
  expect(svg).not.toContain("NaN");
  expect([...svg.matchAll(/<circle /g)].length).toBe(2);
  expect(/stroke-dasharray="6 4"/.test(svg) && svg.includes("#student")).toBe(true);
  // Two stretches, since the one in the middle is missing.
  expect(/<path d="M[\d.]+ [\d.]+M[\d.]+ [\d.]+" fill="none" stroke="#student"/.test(svg)).toBe(true);
});
