import { expect, test } from "@playwright/test";

import type { RunPlan } from "../../../www/protocol/contract";
import { isLong, planKey } from "../../../www/state/plans";
import { PRESETS } from "../../../www/state/presets";
import { propertyOf } from "../../../www/state/properties";
import { planText } from "../../../www/render/plan";
import { after, OPENED, RUN, SETTINGS } from "./support";

const PLAN: RunPlan = {
  step: {
    memory: "ample",
    multiplyAdds: 6.4e8,
    weights: 1,
    gradients: 1,
    moments: 1,
    batch: 1,
    teacher: 1,
    activations: 1,
    bytes: 49 * 2 ** 20,
    largestBuffer: 1,
  },
  steps: 400,
  multiplyAdds: 2.56e11,
  seconds: 130,
  refusal: null,
  parts: null,
};
const CPU = { kind: "cpu", name: "test", notice: null, trial: null } as const;

test("a plan is told with its time only where a pace was measured", () => {
  expect(planText(PLAN, CPU)).toBe(
    "A step computes 0.6 G multiply-adds and holds about 49 MiB; 400 steps take about 2 min on the CPU.",
  );
  expect(planText({ ...PLAN, seconds: null }, CPU)).toBe("A step computes 0.6 G multiply-adds and holds about 49 MiB.");
  const large = { ...PLAN, step: { ...PLAN.step, multiplyAdds: 4.71e11, bytes: 2.2 * 2 ** 30 } };
  expect(planText(large, { ...CPU, kind: "webgpu" })).toContain("471 G multiply-adds and holds about 2,253 MiB");
  expect(planText(large, { ...CPU, kind: "webgpu" })).toContain("on WebGPU");
});

test("a plan rests on settings, pictures, Teacher and device, and none is made while something runs", () => {
  const opened = after(OPENED);
  const key = planKey(opened, "distillation");
  expect(key).not.toBe("");
  const set = (name: string, text: string): string =>
    planKey(after([{ kind: "settings/set", key: name, text }], opened), "distillation");
  expect(set("batch", "16")).not.toBe(key);
  expect(set("teacher-batch", "16"), "of the Teacher's training").toBe(key);
  expect(set("opacity", "0.5")).toBe(key);
  expect(planKey(after(OPENED.slice(0, 3)), "distillation"), "no Teacher yet").toBe("");
  expect(planKey(after(OPENED.slice(0, 3)), "teacher")).not.toBe("");
  expect(planKey(after([RUN], opened), "distillation")).toBe("");
});

test("over half an hour is long on the CPU alone", () => {
  const opened = after(OPENED);
  expect(isLong(opened, PLAN)).toBe(false);
  expect(isLong(opened, { ...PLAN, seconds: 1801 })).toBe(true);
  expect(isLong(opened, { ...PLAN, seconds: null })).toBe(false);
  const moved = after([{ kind: "device/moved", choice: "webgpu", device: { ...CPU, kind: "webgpu" } }], opened);
  expect(isLong(moved, { ...PLAN, seconds: 1801 })).toBe(false);
});

test("every setting of a recipe is one that there is, and takes its value", () => {
  for (const { name, settings } of PRESETS) {
    let laid = SETTINGS;
    for (const [key, text] of Object.entries(settings)) {
      const next = propertyOf(key).write(laid, text);
      expect(next, `${name}: ${key}`).toBeDefined();
      laid = next ?? laid;
    }
    for (const [key, text] of Object.entries(settings)) {
      if (text !== "0" && text !== "") expect(propertyOf(key).read(laid), `${name}: ${key}`).toBe(text);
    }
  }
});

test("a checkpoint is trained further only once there is one", () => {
  const wished = after([{ kind: "settings/set", key: "teacher-start", text: "given" }], after(OPENED));
  expect(wished.settings?.teacher.start).toBe("given");
  const back = after([{ kind: "settings/set", key: "teacher-start", text: "random" }], wished);
  expect(back.settings, "left out where it is random").toEqual(SETTINGS);
  const network = { family: "resnet", depth: 50, width: 64 } as const;
  const report = { name: "ResNet-50", network, parameters: 25_557_032, classes: 1000 };
  const loaded = after(
    [
      { kind: "teacher-start/loading", job: 9, name: "a.pth" },
      { kind: "teacher-start/ready", job: 9, report },
    ],
    wished,
  );
  expect(loaded.teacherStart).toEqual({ phase: "ready", name: "a.pth", card: report });
  expect(planKey(loaded, "teacher")).not.toBe(planKey(wished, "teacher"));
  // Other pictures: chosen anew, as the Student's start is.
  const other = after([{ kind: "data/loading", job: 10, source: "images", total: 1 }], loaded);
  expect(other.teacherStart.phase).toBe("none");
});
