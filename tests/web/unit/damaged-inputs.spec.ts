import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

import { expect, test } from "@playwright/test";

import { PROPERTIES } from "../../../www/state/properties";
import { linkedRun } from "../../../www/state/linked-run";
import { applyHash, changedHash, completeHash, deviceChoice, deviceSearch, parseHash } from "../../../www/state/url";
import { EngineError } from "../../../www/protocol/failure";
import { openImages } from "../../../www/worker/hub/parquet-images";
import { SETTINGS } from "./support";

/** Damaged inputs of each kind: ten thousand in all, in less than 20 seconds. */
const LINKS = 7_000;
const FILES = 3_000;
/** Longest that one may take, milliseconds; the usual ones take less than one. */
const LONGEST = 5_000;

/** Whole numbers below a limit, the same for the same seed (Marsaglia's xorshift). */
function drawing(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % Math.max(1, limit);
  };
}

const PIECES = [
  "%",
  "%00",
  "%ff",
  "=",
  "&",
  "#",
  "\uD800",
  "-1",
  "1e309",
  "NaN",
  "Infinity",
  "9007199254740993",
  ",",
  "kind",
  "{}",
];

/** A text with one to four faults. */
function damagedText(text: string, below: (limit: number) => number): string {
  let damaged = text;
  for (let fault = 0; fault <= below(4); fault++) {
    const at = below(damaged.length);
    const end = at + below(Math.min(24, damaged.length - at) + 1);
    const piece = PIECES[below(PIECES.length)] ?? "";
    const kinds = [
      damaged.slice(0, at),
      damaged.slice(0, at) + damaged.slice(end),
      damaged.slice(0, at) + piece + damaged.slice(end),
    ];
    const repeated = damaged.slice(0, end) + damaged.slice(at, end).repeat(1 + below(20)) + damaged.slice(end);
    damaged = [...kinds, kinds[2] ?? "", repeated][below(5)] ?? damaged;
  }
  return damaged;
}

test("damaged links give settings that could have been chosen, and never an error", () => {
  const below = drawing(1);
  const chosen = applyHash(
    SETTINGS,
    "steps=17&batch=12&alpha=0.3&temperature=7&rate=0.03&layer=1&reference=20&permutations=300",
  );
  const whole = `run=images,trained,random,distilled&${completeHash(chosen)}`;
  let [told, lost] = [0, 0];
  // Told at the end: an expectation costs more than what it looks at.
  const faults: string[] = [];
  for (let round = 0; round < LINKS; round++) {
    const hash = damagedText(whole, below);
    const settings = applyHash(SETTINGS, hash);
    if (changedHash(settings, SETTINGS) !== "") told++;
    if (changedHash(settings, chosen) !== "") lost++;
    // What was taken over can be written and read again: it kept every rule.
    if (!isDeepStrictEqual(applyHash(SETTINGS, completeHash(settings)), settings)) faults.push(hash);
    const linked = linkedRun(hash);
    if (linked && linkedRun(`run=${Object.values(linked).join(",")}`) === null) faults.push(`linked ${hash}`);
    const search = `?${hash}`;
    const devices = [deviceChoice(search), deviceChoice(deviceSearch(search, "cpu"))];
    if (!["auto", "cpu", "webgpu"].includes(devices[0] ?? "") || devices[1] !== "cpu") faults.push(search);
  }
  expect(faults).toEqual([]);
  console.log(`${String(told)} damaged links of ${String(LINKS)} still told something, ${String(lost)} not all`);
  // What is whole of a link counts, and what is damaged does not.
  expect(told).toBeGreaterThan(LINKS / 2);
  expect(lost).toBeGreaterThan(LINKS / 50);
  const long = `${"steps=1&".repeat(20_000)}${"x".repeat(1_000_000)}`;
  expect(applyHash(SETTINGS, long).distillation.optimiser.steps).toBe(1);
  expect(parseHash("#__proto__=1&constructor=2&toString=3").size).toBe(0);
  expect(PROPERTIES.length).toBeGreaterThan(50);
});

test("damaged Parquet files are refused in the page's own words, without a hang", async () => {
  test.setTimeout(120_000);
  const files = ["hub", "own"].map((name) => readFileSync(new URL(`../../fixtures/${name}.parquet`, import.meta.url)));
  const below = drawing(7);
  let [read, refused] = [0, 0];
  const faults: string[] = [];
  for (let round = 0; round < FILES; round++) {
    const bytes = Buffer.from(files[round % files.length] ?? "");
    // Most of a file is pixels; what says where they are stands at its end.
    const from = below(2) === 0 ? 0 : bytes.length - Math.min(bytes.length, 3000);
    for (let fault = 0; fault <= below(4); fault++) {
      const at = from + below(bytes.length - from);
      bytes[at] = [0, 1, 0x7f, 0x80, 0xff, (bytes[at] ?? 0) ^ (1 << below(8))][below(6)] ?? 0;
    }
    const whole = below(8) === 0 ? bytes.subarray(0, below(bytes.length)) : bytes;
    const buffer = whole.buffer.slice(whole.byteOffset, whole.byteOffset + whole.length);
    const begun = performance.now();
    try {
      const images = await openImages({ byteLength: buffer.byteLength, slice: (a, b) => buffer.slice(a, b) }, true);
      let pictures = 0;
      for await (const { className, bytes: picture } of images.read({ classes: [], perClass: 0, total: 0 })) {
        if (typeof className !== "string" || picture.length > whole.length * 64)
          faults.push(`${String(round)}: picture`);
        if (++pictures > 1_000) break;
      }
      read++;
    } catch (error) {
      if (!(error instanceof EngineError)) faults.push(`${String(round)}: ${String(error)}`);
      refused++;
    }
    if (performance.now() - begun > LONGEST) faults.push(`${String(round)}: too long`);
  }
  expect(faults).toEqual([]);
  expect(read).toBeGreaterThan(FILES / 20);
  expect(refused).toBeGreaterThan(FILES / 20);
});
