import { expect, test } from "@playwright/test";

import type { DataSetSettings } from "../../../www/protocol/contract";
import { DATA_SET, DATA_SETS } from "../../../www/state/data-set-name";
import { addressOf, readAddress, withDataSet } from "../../../www/state/data-sets";
import { NO_LOOSE } from "../../../www/state/loose";
import { applyHash, completeHash } from "../../../www/state/url";
import { classWords } from "../../../www/text/sets";
import { after, DEFAULTS, READY, SETTINGS } from "./support";

const { images, teacher, distillation } = DEFAULTS;

const PETS: DataSetSettings = {
  name: "cats-and-dogs",
  home: "https://example.org/pets",
  classNames: ["cats", "dogs"],
  hasShippedNetworks: true,
  images: { ...images, size: 64, testShare: 0.5, dataSet: "cats-and-dogs" },
  normalisation: "imagenet",
  teacher,
  distillation: { ...distillation, alpha: 0.3, optimiser: { ...distillation.optimiser, steps: 77 } },
};

test("a data set's key alone brings all that goes with it, and what else is named stands", () => {
  const settings = readAddress(SETTINGS, [PETS], "#set=cats-and-dogs&steps=9").settings;
  expect(settings.images).toEqual(PETS.images);
  expect(settings.distillation).toEqual({
    ...PETS.distillation,
    optimiser: { ...PETS.distillation.optimiser, steps: 9 },
  });
  expect(addressOf(settings, SETTINGS, [PETS])).toBe("set=cats-and-dogs&steps=9");
  expect(readAddress(SETTINGS, [PETS], `#${addressOf(settings, SETTINGS, [PETS])}`)).toEqual({ settings, refused: [] });
  // A link with every setting does not hang on what goes with the data set.
  expect(applyHash(SETTINGS, `#${completeHash(settings)}`)).toEqual(settings);
  expect(readAddress(SETTINGS, [PETS], `#${completeHash(SETTINGS)}`)).toEqual({ settings: SETTINGS, refused: [] });
});

test("another choice takes its settings back, and leaves alone what it did not set", () => {
  const view = { ...SETTINGS.view, opacity: 0.2 };
  const chosen = withDataSet({ ...SETTINGS, view }, SETTINGS, [PETS], "cats-and-dogs");
  expect(withDataSet(chosen, SETTINGS, [PETS], null)).toEqual({ ...SETTINGS, view });
  expect(readAddress(SETTINGS, [PETS], "#set=unicorns")).toEqual({ settings: SETTINGS, refused: ["set=unicorns"] });
});

test("every data set has a word in the address", () => {
  for (const name of [null, ...DATA_SETS]) expect(DATA_SET.read(DATA_SET.write(name))).toBe(name);
  expect(DATA_SET.read("")).toBeUndefined();
});

test("the page knows the data sets once the engine stands, and how many photos wait", () => {
  const ready = after([READY]);
  expect(ready.loose).toEqual(NO_LOOSE);
  const asked = after([{ kind: "data/loose", loose: { waiting: 3, told: ["cats"] } }], ready);
  expect(asked.loose).toEqual({ waiting: 3, told: ["cats"] });
  if (READY.kind !== "engine/ready") throw new Error("it is that event");
  const report = { ...READY.report, defaults: { ...DEFAULTS, dataSets: [PETS] } };
  expect(after([{ ...READY, report }]).dataSets).toEqual([PETS]);
  expect(classWords("Potato___Early_blight")).toBe("Potato Early blight");
});
