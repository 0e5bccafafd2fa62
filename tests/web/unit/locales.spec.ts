import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "@playwright/test";

import en from "../../../www/locales/en/index";
import zh from "../../../www/locales/zh-CN/index";
import { PAGE_CODES } from "../../../www/protocol/failure";
import { PRESETS } from "../../../www/state/presets";
import { PROPERTIES } from "../../../www/state/properties";
import { fieldText } from "../../../www/text/fields";
import { languageNow, listed, speak, tell, tellFailure, tellNote } from "../../../www/text/i18n";
import { setClassWords, shownClasses } from "../../../www/text/sets";
import { STORY_STEPS, stretchesOf, TERMS } from "../../../www/text/story";

const WWW = join(import.meta.dirname, "../../../www");

/** Sentences by their paths. */
function sentences(tree: object, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(tree) as [string, string | object][]) {
    const own = path ? `${path}.${name}` : name;
    if (typeof value === "string") found.set(own, value);
    else for (const [inner, text] of sentences(value, own)) found.set(inner, text);
  }
  return found;
}

const ENGLISH = sentences(en);
/** What the engine notes, names and what fails stand in their own words, in English, and are told in others here. */
const { notes: NOTES, failures: FAILURES, given: GIVEN, ...pageTexts } = zh;
const CHINESE = sentences(pageTexts);

/** What stands in both languages as it is: names of methods, devices, formats, and symbols. */
const SAME =
  /^(FSS|RS|WebGPU|CPU|CUDA|SGD|AdamW|UniCAM|Nesterov|[βε][₁₂]?|Grad-CAM(\+\+)?|LayerCAM|HiResCAM|CIFAR ResNet|ImageNet|CIFAR-100?|(ResNet|VGG) \(torchvision\)|\{\{.*\}\}( \(safetensors\))?)$/;

test("both languages have every sentence, with the same values in it", () => {
  expect([...CHINESE.keys()].sort()).toEqual([...ENGLISH.keys()].sort());
  expect(ENGLISH.size).toBeGreaterThan(400);
  const names = (text: string): string[] => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = ""]) => name).sort();
  for (const [path, text] of ENGLISH) expect(names(CHINESE.get(path) ?? ""), path).toEqual(names(text));
});

test("no sentence was left in the other language", () => {
  for (const [path, text] of [...CHINESE, ...sentences(NOTES), ...sentences(FAILURES), ...sentences(GIVEN)]) {
    const isChinese = /[一-鿿]/.test(text);
    expect(isChinese || SAME.test(text) || text === "", `${path}: ${text}`).toBe(true);
  }
  for (const [path, text] of ENGLISH) expect(text, path).not.toMatch(/[一-鿿]/);
});

test("whatever the engine notes is told in Chinese, with what stands in it", async () => {
  const sources = ["dataset/collect/notes.rs", "session/networks/reading.rs"].map((path) =>
    readFileSync(join(WWW, "../src", path), "utf8").replace(/#\[cfg\(test\)\][^]*/, ""),
  );
  // Words in quotation marks are a note's code, or the name of something that stands in it.
  const words = new Set(sources.flatMap((source) => [...source.matchAll(/"([a-z]+(?:-[a-z]+)*)"/g)].map(([, w]) => w)));
  const values = new Set(
    Object.values(NOTES).flatMap((text) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, w]) => w)),
  );
  expect([...words].filter((word) => !values.has(word)).sort()).toEqual(Object.keys(NOTES).sort());
  for (const value of values) expect(words, value).toContain(value);

  const note = { code: "copies-together", message: "2 pictures are …", facts: [{ name: "pictures", value: "2" }] };
  expect(tellNote(note)).toBe(note.message);
  await speak("zh-CN");
  expect(tellNote(note)).toMatch(/^2 张图片.*同一侧。$/);
  expect(tellNote({ code: "of-another-version", message: "Hm." })).toBe("Hm.");
  await speak("en");
});

test("whatever fails is told in Chinese beside its own words", async () => {
  const source = readFileSync(join(WWW, "../src/error.rs"), "utf8");
  const engine = [...source.matchAll(/Self::\w+(?: \{ \.\. \})? => "([a-z-]+)"/g)].map(([, code]) => code);
  expect(engine.length).toBeGreaterThan(30);
  expect(Object.keys(FAILURES).sort()).toEqual([...new Set([...engine, ...Object.values(PAGE_CODES)])].sort());

  expect(tellFailure("corrupt-image")).toBeNull();
  await speak("zh-CN");
  expect(tellFailure("corrupt-image")).toBe(FAILURES["corrupt-image"]);
  expect(tellFailure("of-another-version")).toBeNull();
  await speak("en");
});

test("names that the program gives are told in Chinese, and those of given pictures stay", async () => {
  const sources = ["dataset/scenes/config.rs", "dataset/known.rs", "tensors/device/mod.rs"]
    .map((path) => readFileSync(join(WWW, "../src", path), "utf8"))
    .join("\n");
  for (const name of Object.keys(GIVEN)) expect(sources, name).toContain(`"${name}"`);
  const [, scenes = ""] = /CLASS_NAMES: \[&str; 6\] = \[(.*)\]/.exec(sources) ?? [];
  const sets = [...sources.matchAll(/^ +class\("([^"]+)"/gm)].map(([, name = ""]) => name);
  const given = [...[...scenes.matchAll(/"(\w+)"/g)].map(([, name = ""]) => name), ...sets];
  expect(given).toHaveLength(6 + 10 + 2 + 3);
  for (const name of given) expect(GIVEN, name).toHaveProperty(name);

  const classNames = ["disk", "toString"];
  const report = { name: "", size: 32, classNames, trainCounts: [1], testCounts: [1], hasMasks: true };
  const opened = { phase: "ready" as const, rows: [], report, sheet: { train: [], test: [] } };
  expect(shownClasses({ ...opened, source: "scenes" })).toBe(classNames);
  expect(listed(["a", "b"])).toBe("a, b");
  await speak("zh-CN");
  expect(shownClasses({ ...opened, source: "scenes" })).toEqual(["圆盘", "toString"]);
  expect(shownClasses({ ...opened, source: "scenes" })).toBe(shownClasses({ ...opened, source: "scenes" }));
  expect(shownClasses({ ...opened, source: "images" })).toBe(classNames);
  expect([setClassWords("cats"), setClassWords("Katze__3")]).toEqual(["猫", "Katze 3"]);
  expect(listed(["a", "b"])).toBe("a，b");
  await speak("en");
});

test("a name that looks like a sentence's own signs stays as it is", () => {
  for (const name of ["{{step}}", "$t(words.student)", "$&$1", "<b>&amp;</b>", "\u202Eback"]) {
    const told = tell("watch.map", { kind: name, className: name, step: 7, place: name });
    expect(told).toBe(`${name} map on a ${name} after step 7: ${name}`);
  }
});

test("the story's terms are all explained, the same ones in both languages", () => {
  for (const step of STORY_STEPS) {
    const terms = (text: string): string[] => stretchesOf(text).flatMap((part) => ("term" in part ? [part.term] : []));
    const [english, chinese] = [en.story.steps[step].text, zh.story.steps[step].text].map(terms);
    expect(english?.length, step).toBeGreaterThan(0);
    expect(chinese?.toSorted(), step).toEqual(english?.toSorted());
    for (const term of english ?? []) expect(TERMS, step).toHaveProperty(term);
  }
});

test("every setting and every recipe has its words", () => {
  const unseen = ["set", "start", "label-rows", "class-method", "sign", "scale", "maps", "difference"];
  for (const { key } of PROPERTIES) {
    if (!unseen.includes(key.replace(/^teacher-/, ""))) expect(fieldText(key).label, key).not.toBe(key);
  }
  for (const { name } of PRESETS) expect(en.lab.presets.names, name).toHaveProperty(name);
});

test("sentences are told in the language of the moment, values put in", async () => {
  expect(tell("watch.stepOf", { step: 3, steps: 9 })).toBe("step 3 of 9");
  await speak("zh-CN");
  expect(languageNow()).toBe("zh-CN");
  expect(tell("watch.stepOf", { step: 3, steps: 9 })).toBe("第 3 步，共 9 步");
  expect(TERMS.teacher).toContain("大网络");
  await speak("en");
  expect(TERMS.teacher).toContain("The big network");
});

test("no view takes its words at the top of a module, where they would stay in one language", () => {
  const files = readdirSync(join(WWW, "views"), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".tsx"),
  );
  for (const file of files) {
    const text = readFileSync(join(WWW, "views", file), "utf8");
    expect(text.match(/^const \w+ = tell\(/gm), file).toBeNull();
  }
});
