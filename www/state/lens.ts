import { choice, type Codec, type InputRules } from "./codecs";
import type { Settings } from "./settings";

/** One setting: its key in the address, where it lives, and its rules. Forms and the address both go by this. */
export interface Property {
  key: string;
  input: InputRules;
  /** whether there is such a setting now: some belong to one family of networks, one rule or one loss */
  applies(settings: Settings): boolean;
  /** the value as text; "" where the setting does not apply */
  read(settings: Settings): string;
  /** new settings with the value that the text stands for; undefined if it breaks the rules or does not apply */
  write(settings: Settings, text: string): Settings | undefined;
}

/** A place in the settings. */
export interface Place<T> {
  get(settings: Settings): T;
  set(settings: Settings, value: T): Settings;
}

/** A setting that lives at a place; where that holds undefined the setting does not apply. */
export function lens<V>(key: string, codec: Codec<V>, { get, set }: Place<V | undefined>): Property {
  return {
    key,
    input: codec.input,
    applies: (settings) => get(settings) !== undefined,
    read: (settings) => {
      const value = get(settings);
      return value === undefined ? "" : codec.write(value);
    },
    write: (settings, text) => {
      const value = codec.read(text);
      return value === undefined || get(settings) === undefined ? undefined : set(settings, value);
    },
  };
}

/** A section of the settings. */
export function section<S extends keyof Settings>(name: S): Place<Settings[S]> {
  return {
    get: (settings) => settings[name],
    set: (settings, value) => ({ ...settings, [name]: value }),
  };
}

/** A part of what lives at a place. */
export function part<T extends object, F extends keyof T>(whole: Place<T>, name: F): Place<T[F]> {
  return {
    get: (settings) => whole.get(settings)[name],
    set: (settings, value) => whole.set(settings, { ...whole.get(settings), [name]: value }),
  };
}

/** A setting that is a part of what lives at a place. */
export function field<T extends object, F extends keyof T>(
  key: string,
  whole: Place<T>,
  name: F,
  codec: Codec<NonNullable<T[F]>>,
): Property {
  return lens(key, codec, part(whole, name) as Place<NonNullable<T[F]> | undefined>);
}

/** Names of the fields that some members of a union have. */
type AnyKey<T> = T extends unknown ? keyof T : never;
type AnyValue<T, F extends PropertyKey> = T extends Record<F, infer V> ? V : never;

/** A setting that only some kinds of what lives at a place have. */
export function kindField<T extends object, F extends AnyKey<T> & string>(
  key: string,
  whole: Place<T | undefined>,
  name: F,
  codec: Codec<AnyValue<T, F>>,
  isMeant: (value: T) => boolean = () => true,
): Property {
  return lens(key, codec, {
    get: (settings) => {
      const value = whole.get(settings);
      return value && name in value && isMeant(value) ? (value as Record<string, AnyValue<T, F>>)[name] : undefined;
    },
    set: (settings, value) => {
      const former = whole.get(settings);
      return former ? whole.set(settings, { ...former, [name]: value }) : settings;
    },
  });
}

/** The kind of what lives at a place; choosing another kind takes its usual settings. */
export function kindChoice<T extends object, F extends keyof T & string>(
  key: string,
  whole: Place<T>,
  name: F,
  usual: Record<T[F] & string, T>,
): Property {
  const kinds = Object.keys(usual) as (T[F] & string)[];
  return lens(key, choice(kinds), {
    get: (settings) => whole.get(settings)[name] as T[F] & string,
    set: (settings, kind) =>
      kind === undefined || whole.get(settings)[name] === kind ? settings : whole.set(settings, usual[kind]),
  });
}
