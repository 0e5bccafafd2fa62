import type { DataSetName } from "../protocol/contract";
import { texts } from "./i18n";

/** Data sets of the Hugging Face hub. */
export const HUB_TEXT = texts("hub");

/** The data set that stands in the form at first. */
export const USUAL_DATASET = "uoft-cs/cifar10";

/** Where the hub has the known data sets; it has no set of potato leaves alone. */
export const ON_THE_HUB: Partial<Record<DataSetName, string>> = {
  cifar10: USUAL_DATASET,
  "cats-and-dogs": "microsoft/cats_vs_dogs",
};
