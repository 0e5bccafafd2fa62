// What a training step asks of a GPU, counted where the engine makes its calls: without a GPU nothing can be timed, but
// dispatches, pipelines and the engine's own work are the same on any adapter.

import { expect, type Page } from "@playwright/test";

import type { Taps } from "../../../bench/page/taps";
import { openBareEngine } from "./bare-engine";
import { test } from "./support";

/** Bounds of the default recipe on WebGPU, batch 32. */
const MOST = {
  /** kernels started a step: a GPU takes microseconds for each, a browser too */
  dispatches: 150,
  /** packets of commands a step; each wakes another process */
  submits: 4,
  /** kernels compiled for a run, its accuracies included; each costs tens of milliseconds on a GPU */
  pipelines: 40,
  /**
   * The engine's own work for a step, milliseconds, with every dispatch dropped: 3 to 6 on two cores that are shared with
   * a renderer in software.
   */
  hostTime: 20,
  /**
   * Numbers in a buffer that one or two workgroups work on: more of them belong to more workgroups, or the rest of the
   * GPU waits.
   */
  lonely: 65_536,
  /** bytes of buffers made on the GPU in a step that is like the one before: nobody destroys the former ones */
  fresh: 0,
  /** what the points of a timeline ask of a GPU, as a share of what the steps between them ask */
  timeline: 0.15,
};

/** Steps whose dispatches are made, and steps whose dispatches are dropped. */
const [MADE, DROPPED] = [4, 20];
/** Steps that are not counted: buffers are made and kernels compiled in them. */
const WARM_UP = 1;
/** The first of them make buffers, these make none. */
const SETTLED = 10;

interface Measured {
  device: string;
  /** a step, dispatches made */
  dispatches: number;
  submits: number;
  /** of the whole run */
  pipelines: number;
  lonely: number;
  /** a step, once it is settled */
  fresh: number;
  /** dispatches of a timeline's point, and the steps from one to the next of the shipped settings */
  point: number;
  spacing: number;
  /** milliseconds of each step, dispatches dropped */
  host: number[];
}

test.setTimeout(300_000);

test("a step of the default recipe stays within its budget of calls into the GPU", async ({ page }) => {
  const { device, dispatches, submits, pipelines, lonely, fresh, point, spacing, host } = await measure(page);
  const hostTime = [...host].sort((a, b) => a - b)[Math.floor(host.length / 2)] ?? NaN;
  const timeline = point / (spacing * dispatches);
  const measured = { dispatches, submits, pipelines, hostTime, lonely, fresh, timeline };
  console.log(`${device}: ${JSON.stringify({ ...measured, point, spacing })}`);
  expect(device).toBe("webgpu");
  expect(dispatches, "the taps see the engine's calls").toBeGreaterThan(0);
  for (const [what, most] of Object.entries(MOST)) {
    expect.soft(measured[what as keyof typeof MOST], what).toBeLessThanOrEqual(most);
  }
});

async function measure(page: Page): Promise<Measured> {
  await openBareEngine(page);
  return page.evaluate(
    async ({ made, dropped, warmUp, settled }): Promise<Measured> => {
      const { taps } = globalThis as unknown as { taps: Taps };
      const unicam = (await import(`${location.href}unicam.js`)) as typeof import("../../../pkg/unicam.js");
      await unicam.default();
      const session = await unicam.Session.create("webgpu");
      const { scenes, distillation, reference, timeline } = unicam.Session.defaults();
      await session.useScenes({ ...scenes, trainImages: 120, testImages: 24 });
      const { handOverWeights } = (await import(
        `${location.href}weights.js`
      )) as typeof import("../../../src/wasm/package/weights");
      await handOverWeights(session);
      await session.useShippedTeacher();
      const until = async (kind: string): Promise<void> => {
        for (;;) {
          const event = await session.next();
          if (!event) throw new Error(`the run ended before its ${kind}`);
          if (event.kind === kind) return;
        }
      };
      const begin = async (reportEvery: number): Promise<void> => {
        const optimiser = { ...distillation.optimiser, steps: 1000, reportEvery, evaluateEvery: 1000 };
        session.startDistillation({ ...distillation, optimiser });
        await until("evaluation");
      };

      // One read of the losses in as many steps as are counted, so that its dispatches are shared out as they should be.
      await begin(1);
      for (let i = 0; i < warmUp; i++) await until("report");
      await begin(made);
      const before = { ...taps.counts };
      await until("report");
      const after = { ...taps.counts };

      // A point's dispatches: those of a step behind which one is made, less those of a step without.
      const watch = async (every: number): Promise<number> => {
        const optimiser = { ...distillation.optimiser, reportEvery: 1000, evaluateEvery: 1000 };
        const settings = { ...timeline, every };
        session.startWatched({ ...distillation, optimiser }, { settings, reference, objective: "relevance" });
        const begun = session.timeline();
        await until("evaluation");
        return begun?.every ?? NaN;
      };
      const spacing = await watch(0);
      await watch(2);
      const asked: number[] = [];
      const points: boolean[] = [];
      for (let step = 1; step <= 4; step++) {
        const former = taps.counts.dispatches;
        await until("step");
        asked.push(taps.counts.dispatches - former);
        points.push(session.takePoint() !== undefined);
      }
      if (points.join() !== "false,true,false,true") throw new Error(`points behind the steps: ${points.join()}`);
      const point = (asked[3] ?? NaN) - (asked[2] ?? NaN);
      const { pipelines, lonely } = after;

      taps.dropping = true;
      await begin(1000);
      const host: number[] = [];
      let bytes = NaN;
      for (let i = 0; i < warmUp + dropped; i++) {
        if (i === dropped - settled) bytes = taps.counts.bytes;
        const begun = performance.now();
        await until("step");
        if (i >= warmUp) host.push(performance.now() - begun);
        await new Promise((resolve) => setTimeout(resolve));
      }
      return {
        device: session.device().kind,
        dispatches: (after.dispatches - before.dispatches) / made,
        submits: (after.submits - before.submits) / made,
        pipelines,
        lonely,
        fresh: (taps.counts.bytes - bytes) / (warmUp + settled),
        point,
        spacing,
        host,
      };
    },
    { made: MADE, dropped: DROPPED, warmUp: WARM_UP, settled: SETTLED },
  );
}
