/** Writes a value as text and reads it back; reading text that breaks the rules gives undefined. */
export interface Codec<V> {
  write(value: V): string;
  read(text: string): V | undefined;
  /** what a form needs to offer the value */
  input: InputRules;
}

/** The rules of a value in the words of a form. */
export type InputRules =
  /** `usual` are values that a form offers beside free entry */
  | { type: "number"; min: number; max: number; step: number | "any"; usual?: readonly number[] }
  | { type: "choice"; choices: readonly string[] }
  | { type: "toggle" }
  /** `rules` names what is allowed, where no number tells it */
  | { type: "text"; rules?: TextRules };

/** What a text field may hold, in the texts of every language under this name. */
export type TextRules = "shares" | "channels" | "table" | "networks";

/** A number within limits, both included. */
export function number(min: number, max: number, step: number | "any" = "any"): Codec<number> {
  return {
    write: (value) => String(value),
    read: (text) => {
      const value = text.trim() === "" ? NaN : Number(text);
      return Number.isFinite(value) && value >= min && value <= max ? value : undefined;
    },
    input: { type: "number", min, max, step },
  };
}

/** A whole number within limits, both included; where `multiple` is given, only its multiples; a form offers `usual`. */
export function integer(min: number, max: number, multiple = 1, usual?: readonly number[]): Codec<number> {
  const base = number(min, max, multiple);
  return {
    ...base,
    ...(usual && { input: { type: "number", min, max, step: multiple, usual } }),
    read: (text) => {
      const value = base.read(text);
      return value !== undefined && value % multiple === 0 ? value : undefined;
    },
  };
}

/** One of several words. */
export function choice<V extends string>(choices: readonly V[]): Codec<V> {
  return {
    write: (value) => value,
    read: (text) => choices.find((candidate) => candidate === text),
    input: { type: "choice", choices },
  };
}

/** Yes or no, written as 1 or 0. */
export const toggle: Codec<boolean> = {
  write: (value) => (value ? "1" : "0"),
  read: (text) => (text === "1" ? true : text === "0" ? false : undefined),
  input: { type: "toggle" },
};

/** Words out of a set, each at most once, joined by commas; none at all is allowed. */
export function subset<V extends string>(choices: readonly V[]): Codec<V[]> {
  return {
    write: (values) => values.join(","),
    read: (text) => {
      const words = text === "" ? [] : text.split(",");
      const values = words.map((word) => choices.find((candidate) => candidate === word));
      if (values.some((value) => value === undefined) || new Set(values).size !== values.length) return undefined;
      return values.filter((value) => value !== undefined);
    },
    input: { type: "text" },
  };
}

/** Shares between 0 and 1 in rising order, joined by commas; none at all is allowed. */
export const shares: Codec<number[]> = {
  write: (values) => values.join(","),
  read: (text) => {
    const values = text.trim() === "" ? [] : text.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
    const rising = values.every((value, i) => value > (values[i - 1] ?? 0) && value < 1);
    return rising ? values : undefined;
  },
  input: { type: "text", rules: "shares" },
};

/** One of several whole numbers. */
export function numeral(choices: readonly string[]): Codec<number> {
  const words = choice(choices);
  return {
    write: (value) => String(value),
    read: (text) => {
      const word = words.read(text);
      return word === undefined ? undefined : Number(word);
    },
    input: words.input,
  };
}
