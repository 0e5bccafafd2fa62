import { expect, test } from "@playwright/test";

import { fromConfig, toConfig } from "../../../www/state/session-config";
import { applyHash, changedHash } from "../../../www/state/url";
import { after, OPENED, SETTINGS } from "./support";

test("mean and deviation go into the address and into a file of settings, and come back", () => {
  expect(SETTINGS.normalisation).toBe("imagenet");
  for (const [hash, expected] of [
    ["#normalisation=zeroToOne", "zeroToOne"],
    [
      "#normalisation=own&normalisation-numbers=0.1,0.2,0.3,1,1,0.5",
      { own: { mean: [0.1, 0.2, 0.3], deviation: [1, 1, 0.5] } },
    ],
  ] as const) {
    const settings = applyHash(SETTINGS, hash);
    expect(settings.normalisation).toEqual(expected);
    expect(applyHash(SETTINGS, changedHash(settings, SETTINGS)).normalisation).toEqual(expected);
    const config = toConfig(after(OPENED), settings, { data: [], teacher: null, start: null });
    expect(config.normalisation).toEqual(expected);
    expect(fromConfig(config, SETTINGS).normalisation).toEqual(expected);
  }
  expect(applyHash(SETTINGS, "#normalisation=own&normalisation-numbers=1,2").normalisation).toEqual({
    own: { mean: [0, 0, 0], deviation: [1, 1, 1] },
  });
});

test("the level of the classes and what splits are settings like any other", () => {
  const settings = applyHash(SETTINGS, "#class-level=2&split=drawn");
  expect(settings.images).toMatchObject({ classLevel: 2, split: "drawn" });
  expect(applyHash(SETTINGS, "#class-level=99&split=x").images).toEqual(SETTINGS.images);
});
