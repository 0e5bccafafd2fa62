import type { DataSetName, DataSetSettings } from "../protocol/contract";
import { DATA_SET, DATA_SET_KEY } from "./data-set-name";
import type { Settings } from "./settings";
import { type AddressRead, changedHash, parseHash, readHash } from "./url";

/** The settings with those that go with a known data set; with null, with the shipped ones again. */
export function withDataSet(
  settings: Settings,
  defaults: Settings,
  dataSets: readonly DataSetSettings[],
  name: DataSetName | null,
): Settings {
  const { images, normalisation, teacher, distillation } = dataSets.find((set) => set.name === name) ?? defaults;
  return { ...settings, images, normalisation, teacher, distillation };
}

/** The settings of an address: what it names, over what goes with the data set that it names, over the shipped ones. */
export function readAddress(defaults: Settings, dataSets: readonly DataSetSettings[], hash: string): AddressRead {
  const name = DATA_SET.read(parseHash(hash).get(DATA_SET_KEY) ?? "") ?? null;
  return readHash(withDataSet(defaults, defaults, dataSets, name), hash);
}

/** The address part for what differs from the shipped settings: the data set, and what differs from those that go with it. */
export function addressOf(settings: Settings, defaults: Settings, dataSets: readonly DataSetSettings[]): string {
  const { dataSet } = settings.images;
  if (!dataSet) return changedHash(settings, defaults);
  const changed = changedHash(settings, withDataSet(defaults, defaults, dataSets, dataSet));
  return [`${DATA_SET_KEY}=${dataSet}`, changed].filter((part) => part !== "").join("&");
}
