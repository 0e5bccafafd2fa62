// Makes www/example/scenes.json: the shipped pair as the page shows it before its visitor has made a run.
// The built engine runs in node, on the CPU device: `npm run build:wasm`, then `npm run example`.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./setup/places.mjs";
import { runPackage } from "./setup/process.mjs";

const PLACE = join(ROOT, "www", "example", "scenes.json");
const MAPS = ["gradCamTeacher", "distilled", "residual"];
const COLUMNS = 5;
const LAYER = 3;

const { default: init, Session } = await import(new URL("../pkg/cpu/unicam.js", import.meta.url));
await init({ module_or_path: readFileSync(join(ROOT, "pkg", "cpu", "unicam_bg.wasm")) });

const { scenes, reference } = Session.defaults();
const session = await Session.create("cpu");
const data = await session.useScenes(scenes);
const weights = join(ROOT, "pkg", "weights");
for (const file of session.missingWeights()) session.takeWeights(file, readFileSync(join(weights, file)));
const { teacher, student, base } = await session.useShippedStudents();

const explanation = await session.explain({ reference, layer: LAYER, objective: "relevance" });
const report = explanation.report();
const scaled = explanation.scaled();
const { width, height, maps, images } = report;

const columns = telling(images).map((position) => {
  const image = images[position];
  const { rgba, mask } = session.picture("test", image.index);
  const strength = (kind) => image.strengths[maps.indexOf(kind)];
  const values = (kind) => {
    const map = maps.indexOf(kind);
    if (strength(kind).empty) return "";
    const from = (position * maps.length + map) * width * height;
    return base64(scaled.subarray(from, from + width * height).map((value) => Math.round(255 * value)));
  };
  return {
    className: data.classNames[image.label],
    rgb: base64(rgba.filter((_, i) => i % 4 < 3)),
    mask: base64(mask),
    maps: Object.fromEntries(MAPS.map((kind) => [kind, values(kind)])),
    places: Object.fromEntries(MAPS.map((kind) => [kind, strength(kind).place])),
  };
});

const example = {
  madeBy: "npm run example",
  accuracy: { teacher: teacher.accuracy, student: student.accuracy, base: base.accuracy },
  tests: data.testCounts.reduce((sum, count) => sum + count, 0),
  layer: report.layer,
  referenceHash: report.referenceHash,
  width,
  height,
  columns,
};
writeFileSync(PLACE, JSON.stringify(example));
await runPackage("prettier", ["--write", "--log-level=warn", PLACE]);
console.log(`${PLACE}: Student ${student.accuracy.toFixed(3)}, Base ${base.accuracy.toFixed(3)}`);
process.exit(0);

/** As `tellingPositions` of www/render/glance.ts: right for Teacher and Student, wrong for the Base, all classes first. */
function telling(images) {
  const seen = new Map();
  const ranked = images.flatMap(({ label, teacher, student, base }, position) => {
    if (teacher !== label || student !== label || base === label) return [];
    seen.set(label, (seen.get(label) ?? 0) + 1);
    return [{ position, rank: seen.get(label) }];
  });
  ranked.sort((a, b) => a.rank - b.rank || a.position - b.position);
  return ranked.slice(0, COLUMNS).map(({ position }) => position);
}

function base64(values) {
  return Buffer.from(Uint8Array.from(values)).toString("base64");
}
