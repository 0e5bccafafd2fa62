import type { DataSetName } from "../protocol/contract";
import type { Codec } from "./codecs";

/** The known data sets in the order in which they are offered. */
export const DATA_SETS: readonly DataSetName[] = ["cifar10", "cats-and-dogs", "potato-leaves"];

/** Its key in the address. */
export const DATA_SET_KEY = "set";

/** What stands there where pictures are of no known data set. */
const OWN = "own";

/** A known data set, or null for pictures of one's own. */
export const DATA_SET: Codec<DataSetName | null> = {
  write: (value) => value ?? OWN,
  read: (text) => (text === OWN ? null : DATA_SETS.find((name) => name === text)),
  input: { type: "choice", choices: [OWN, ...DATA_SETS] },
};
