import type { Normalisation } from "../protocol/contract";
import { choice, type Codec } from "./codecs";
import { lens, type Property, section } from "./lens";

/** The ways that have a name, and one's own. */
export const NORMALISATIONS = ["imagenet", "cifar10", "cifar100", "zeroToOne", "minusOneToOne", "own"] as const;

type Word = (typeof NORMALISATIONS)[number];

/** What one's own numbers begin with: nothing is changed. */
const PLAIN = { mean: [0, 0, 0], deviation: [1, 1, 1] };

type Numbers = typeof PLAIN;

/** The word of a normalisation. */
export function wordOf(normalisation: Normalisation): Word {
  return typeof normalisation === "string" ? normalisation : "own";
}

function own({ mean, deviation }: Numbers): Normalisation {
  return { own: { mean, deviation } } as Normalisation;
}

/** Means and deviations of red, green and blue: six numbers with commas between. */
const NUMBERS: Codec<Numbers> = {
  write: ({ mean, deviation }) => [...mean, ...deviation].map((value) => String(tidy(value))).join(","),
  read: (text) => {
    const values = text.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
    const [mean, deviation] = [values.slice(0, 3), values.slice(3)];
    const fits =
      values.length === 6 &&
      mean.every((value) => value >= 0 && value <= 1) &&
      deviation.every((value) => value > 0 && value <= 10);
    return fits ? { mean, deviation } : undefined;
  },
  input: { type: "text", rules: "channels" },
};

/** A number that the engine holds in single precision, without the digits that this adds. */
function tidy(value: number): number {
  return Number(value.toPrecision(6));
}

const whole = section("normalisation");

/** How networks see the pictures; the numbers where they are one's own. */
export const NORMALISATION_PROPERTIES: readonly Property[] = [
  lens<Word>("normalisation", choice(NORMALISATIONS), {
    get: (settings) => wordOf(whole.get(settings)),
    set: (settings, word) => {
      if (word === undefined || word === wordOf(whole.get(settings))) return settings;
      return whole.set(settings, word === "own" ? own(PLAIN) : word);
    },
  }),
  lens<Numbers>("normalisation-numbers", NUMBERS, {
    get: (settings) => {
      const normalisation = whole.get(settings);
      return typeof normalisation === "string" ? undefined : (normalisation.own as Numbers);
    },
    set: (settings, numbers) => (numbers === undefined ? settings : whole.set(settings, own(numbers))),
  }),
];
