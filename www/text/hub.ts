import type { DataSetName } from "../protocol/contract";
import { texts } from "./i18n";

/** Data sets of the Hugging Face hub. */
export const HUB_TEXT = texts("hub");

/** A data set of the hub, and which of its classes are meant where it has others. */
export interface OnTheHub {
  dataset: string;
  classes: string[];
}

/** Where the hub has the known data sets. The potato's leaves are three of PlantVillage's classes. */
export const ON_THE_HUB: Record<DataSetName, OnTheHub> = {
  cifar10: { dataset: "uoft-cs/cifar10", classes: [] },
  "cats-and-dogs": { dataset: "microsoft/cats_vs_dogs", classes: [] },
  "potato-leaves": {
    dataset: "DScomp380/plant_village",
    classes: ["Potato___Early_blight", "Potato___Late_blight", "Potato___healthy"],
  },
};
