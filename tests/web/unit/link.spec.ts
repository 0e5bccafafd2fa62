import { expect, test } from "@playwright/test";

import { shareLink } from "../../../www/state/link";
import { linkedRun } from "../../../www/state/linked-run";
import { type AppState, INITIAL_STATE } from "../../../www/state/model";
import { applyHash } from "../../../www/state/url";
import { SETTINGS } from "./support";

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
