import type { DeviceChoice } from "../protocol/contract";
import { linkedRun, RUN_KEY } from "./linked-run";
import { PROPERTIES } from "./properties";
import type { Settings } from "./settings";

/** What an address comes to. */
export interface AddressRead {
  settings: Settings;
  /** entries that the page does not know, or whose value breaks the rules, as they stand there */
  refused: string[];
}

/** Settings of an address as text by key; unknown keys are left out. */
export function parseHash(hash: string): Map<string, string> {
  const known = new Set(PROPERTIES.map(({ key }) => key));
  const entries = [...new URLSearchParams(hash.replace(/^#/, ""))];
  return new Map(entries.filter(([key]) => known.has(key)));
}

/** Settings with those of an address laid over; values that break the rules are left as they were, and told. */
export function readHash(settings: Settings, hash: string): AddressRead {
  const given = new Map(new URLSearchParams(hash.replace(/^#/, "")));
  let result = settings;
  for (const { key, write } of PROPERTIES) {
    const text = given.get(key);
    const written = text === undefined ? undefined : write(result, text);
    if (!written) continue;
    result = written;
    given.delete(key);
  }
  if (linkedRun(hash)) given.delete(RUN_KEY);
  // Without a value anywhere it names a place on the page.
  const refused = hash.includes("=") ? [...given].map(([key, text]) => `${key}=${text}`) : [];
  return { settings: result, refused };
}

/** The settings of [readHash] alone. */
export function applyHash(settings: Settings, hash: string): Settings {
  return readHash(settings, hash).settings;
}

/** The address part for what differs from the defaults; "" if nothing does. */
export function changedHash(settings: Settings, defaults: Settings): string {
  // Along the way, because another kind of network brings settings of its own, which then are what to differ from.
  let reached = defaults;
  const changed: [string, string][] = [];
  for (const { key, applies, read, write } of PROPERTIES) {
    const text = read(settings);
    if (!applies(settings) || read(reached) === text) continue;
    changed.push([key, text]);
    reached = write(reached, text) ?? reached;
  }
  return toHash(changed);
}

/** The address part with every setting, so that a link repeats a run even if the shipped recipe changes. */
export function completeHash(settings: Settings): string {
  return toHash(PROPERTIES.filter((p) => p.applies(settings)).map((p) => [p.key, p.read(settings)]));
}

/** The device that the address asks for; "auto" if it names none. */
export function deviceChoice(search: string): DeviceChoice {
  const asked = new URLSearchParams(search).get("device");
  return asked === "webgpu" || asked === "cpu" ? asked : "auto";
}

/** What the address asks for as a device and is none, as it stands there. */
export function refusedDevice(search: string): string[] {
  const asked = new URLSearchParams(search).get("device");
  return asked === null || asked === "auto" || deviceChoice(search) !== "auto" ? [] : [`device=${asked}`];
}

/** The address's search part for a device; what else stands there stays. */
export function deviceSearch(search: string, choice: DeviceChoice): string {
  const entries = new URLSearchParams(search);
  if (choice === "auto") entries.delete("device");
  else entries.set("device", choice);
  return entries.size > 0 ? `?${entries.toString()}` : "";
}

function toHash(entries: [string, string][]): string {
  return new URLSearchParams(entries).toString().replaceAll("%2C", ",");
}
