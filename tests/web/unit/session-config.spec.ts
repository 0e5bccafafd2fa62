import { expect, test } from "@playwright/test";

import { fromConfig, toConfig } from "../../../www/state/session-config";
import { applyHash } from "../../../www/state/url";
import { after, OPENED, SETTINGS } from "./support";

const NO_FILES = { data: [], teacher: null, start: null };

test("settings survive the trip through a file of settings, and how results are looked at stays", () => {
  const hash = "#dial=0.4&family=vgg&vgg-depth=16&steps=7&beta=0.5&reference=12&objective=unique&opacity=0.3";
  const settings = applyHash(SETTINGS, hash);
  const config = toConfig(after(OPENED), settings, NO_FILES);
  expect(config).toMatchObject({
    dataSource: "scenes",
    teacherSource: "shipped",
    scenes: { backgroundDial: 0.4 },
    distillation: { student: { family: "vgg", depth: 16 }, optimiser: { steps: 7 }, terms: [{ weight: 0.5 }] },
    reference: { images: 12 },
    maps: { layers: [], objective: "unique" },
  });
  expect(fromConfig(JSON.parse(JSON.stringify(config)) as typeof config, settings)).toEqual(settings);
  expect(fromConfig(config, SETTINGS).view).toEqual({ ...SETTINGS.view, objective: "unique" });
});
