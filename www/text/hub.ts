import { texts } from "./i18n";

/** Data sets of the Hugging Face hub. */
export const HUB_TEXT = texts("hub");

/** The data set that stands in the form at first. */
export const USUAL_DATASET = "uoft-cs/cifar10";
