// The paper's own experiment on WebGPU: ResNet-50 over ResNet-18 on photographs of 224 pixels, batch 32. What it computes
// takes minutes without a GPU, so every dispatch is dropped; what is asked of the GPU is the same on any adapter.

import { expect, type Page } from "@playwright/test";

import type { Taps } from "../../../bench/page/taps";
import type { RunPlan } from "../../../pkg/unicam.js";
import { openBareEngine } from "./bare-engine";
import { test } from "./support";

/** Bounds of a step. */
const MOST = {
  /** kernels started */
  dispatches: 400,
  /** packets of commands */
  submits: 5,
};

/** How far the bytes of all buffers may lie from what was planned, as a factor either way. */
const FACTOR = 1.25;

/** Steps that make buffers, and steps that make none. */
const [WARM_UP, SETTLED] = [4, 8];

interface Measured {
  plan: RunPlan;
  dispatches: number;
  submits: number;
  /** bytes of the largest buffer */
  largest: number;
  /** bytes of all buffers that the run made, and of those that steps made once they were settled */
  held: number;
  fresh: number;
}

test.setTimeout(180_000);

test("the paper's pair at full size asks of a GPU what was planned, and keeps its buffers", async ({ page }) => {
  const { plan, ...asked } = await measure(page);
  console.log(JSON.stringify({ ...asked, planned: plan.step.bytes }));
  expect(plan.refusal, "any GPU that this runs on has buffers of this size").toBeNull();
  expect(asked.dispatches, "the taps see the engine's calls").toBeGreaterThan(100);
  expect(asked.dispatches).toBeLessThanOrEqual(MOST.dispatches);
  expect(asked.submits).toBeLessThanOrEqual(MOST.submits);
  expect(asked.fresh, "bytes of new buffers in settled steps").toBe(0);
  expect(asked.largest).toBe(plan.step.largestBuffer);
  const ratio = asked.held / plan.step.bytes;
  expect(ratio, `${String(asked.held)} bytes for ${String(plan.step.bytes)} planned`).toBeGreaterThan(1 / FACTOR);
  expect(ratio, `${String(asked.held)} bytes for ${String(plan.step.bytes)} planned`).toBeLessThan(FACTOR);
});

async function measure(page: Page): Promise<Measured> {
  await openBareEngine(page);
  return page.evaluate(
    async ({ warmUp, settled }): Promise<Measured> => {
      const { taps } = globalThis as unknown as { taps: Taps };
      const unicam = (await import(`${location.href}unicam.js`)) as typeof import("../../../pkg/unicam.js");
      await unicam.default();
      const session = await unicam.Session.create("webgpu");
      const { images, teacher, distillation } = unicam.Session.defaults();
      const side = 224;
      session.beginImages({ ...images, size: side });
      const canvas = new OffscreenCanvas(side, side);
      const pen = canvas.getContext("2d");
      if (!pen) throw new Error("no canvas");
      for (const name of ["square", "bar"]) {
        for (let number = 0; number < 24; number++) {
          pen.fillStyle = `hsl(${String(number * 15)} 60% 50%)`;
          pen.fillRect(0, 0, side, side);
          pen.fillStyle = "white";
          pen.fillRect(4 * number, 90, 40, name === "bar" ? 90 : 40);
          const picture = await canvas.convertToBlob({ type: "image/png" });
          session.addFile(`${name}/${String(number)}.png`, new Uint8Array(await picture.arrayBuffer()));
        }
      }
      session.finishImages();

      taps.dropping = true;
      const network = (depth: 18 | 50): typeof distillation.student => ({
        family: "resnet",
        depth,
        width: 64,
        smallStem: false,
      });
      const once = { ...teacher.optimiser, steps: 1, batchSize: 4 };
      session.startTeacher({ ...teacher, network: network(50), optimiser: once });
      while (await session.next());

      const before = { ...taps.counts };
      taps.counts.largest = 0;
      const optimiser = { ...distillation.optimiser, steps: 100, batchSize: 32, reportEvery: 100, evaluateEvery: 100 };
      const recipe = { ...distillation, student: network(18), optimiser, start: "random" as const };
      const plan = session.planDistillation(recipe);
      session.startDistillation(recipe);
      const step = async (): Promise<void> => {
        for (;;) {
          const event = await session.next();
          if (!event) throw new Error("the run ended too early");
          if (event.kind === "step") return;
        }
      };
      for (let i = 0; i < warmUp; i++) await step();
      const warm = { ...taps.counts };
      for (let i = 0; i < settled; i++) await step();
      const { dispatches, submits, bytes, largest } = taps.counts;
      return {
        plan,
        dispatches: (dispatches - warm.dispatches) / settled,
        submits: (submits - warm.submits) / settled,
        largest,
        held: bytes - before.bytes,
        fresh: (bytes - warm.bytes) / settled,
      };
    },
    { warmUp: WARM_UP, settled: SETTLED },
  );
}
