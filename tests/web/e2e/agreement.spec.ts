// The engine as a program sees it, without the page: the public ResNet-56 and ResNet-20 on forty real pictures, against
// PyTorch's scores and maps (tests/reference/scores_on_cifar.py), on the CPU and on WebGPU.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect, type Page } from "@playwright/test";

import type { LayerScores } from "../../../www/protocol/contract";
import { correlation } from "./correlation";
import { test } from "./support";

const ROOT = join(import.meta.dirname, "../../..");
const DATA = process.env["UNICAM_DATA"] ?? join(ROOT, "../shared/data");
const PICTURES = join(DATA, "cifar10-jpeg.tar.xz");
const TEACHER = join(DATA, "weights/resnet56-4bfd9763.th");
const STUDENT = join(DATA, "weights/resnet20-12fca82f.th");

/** Whether maps of these networks are compared on WebGPU, too: `UNICAM_THOROUGH=1 npm run test:page`. */
const IS_THOROUGH = Boolean(process.env["UNICAM_THOROUGH"]);

const run = promisify(execFile);

interface Map {
  images: number[];
  /** the largest of these maps' values, without their signs */
  scale: number;
  /** the maps before the ReLU, divided by `scale` */
  relative: { shape: number[]; values: number[] };
}

interface Given {
  semiPartial: number;
  partial: number;
}

interface Layer {
  layer: string;
  fss: { paper: number; corrected: number };
  relevance: Record<"teacher" | "student", { rStar: number; pValue: number }>;
  studentGivenTeacher: Given;
  teacherGivenStudent: Given;
  maps: Record<"studentGivenTeacher" | "teacherGivenStudent", Map>;
}

interface Reference {
  files: string[];
  labels: number[];
  decodings: { decoder: string; byteSums: number[]; layers: Layer[] }[];
}

/** What the engine says, in numbers that can leave the browser. */
interface Measured {
  device: string;
  /** sum of each test picture's bytes */
  byteSums: number[];
  layers: LayerScores[];
  /** per layer: test pictures in the order of the maps, each with its two signed maps; null where none were wanted */
  maps: (Record<"studentGivenTeacher" | "teacherGivenStudent", number[][]> | null)[];
  order: number[];
}

for (const { device, score, map, mapped } of [
  { device: "cpu", score: 1e-4, map: 0.999, mapped: [1, 2, 3] },
  // In software each layer's maps take a minute. The crate's own suite compares maps on WebGPU, of smaller networks.
  { device: "webgpu", score: 1e-3, map: 0.995, mapped: IS_THOROUGH ? [3] : [] },
] as const) {
  test(`scores and maps of public checkpoints on real pictures agree with PyTorch on ${device}`, async ({ page }) => {
    const missing = [PICTURES, TEACHER, STUDENT].filter((file) => !existsSync(file));
    test.skip(missing.length > 0, `needs ${missing.join(", ")}`);
    const reference = JSON.parse(await readFile(join(ROOT, "tests/fixtures/cifar_scores.json"), "utf8")) as Reference;
    const folder = await mkdtemp(join(tmpdir(), "unicam-agreement-"));
    try {
      // Something to learn from is asked for, though nothing is trained: the same pictures of another split.
      const files = reference.files.flatMap((file) => [file, file.replace("test/", "train/")]);
      await run("tar", ["-xJf", PICTURES, "-C", folder, ...files.map((file) => `cifar10/${file}`)]);
      const measured = await measure(page, device, folder, files, mapped);
      expect(measured.device).toBe(device);

      // Decoders of JPEG differ by a few levels: the reference was made from the pixels of ours.
      const decoding = reference.decodings.find(({ byteSums }) => String(byteSums) === String(measured.byteSums));
      if (!decoding) throw new Error("the pictures were decoded differently than for the reference");
      let [furthest, least] = [0, 1];
      for (const [layer, expected] of decoding.layers.entries()) {
        for (const [what, ours, theirs] of pairs(measured.layers[layer] as LayerScores, expected)) {
          furthest = Math.max(furthest, Math.abs(ours - theirs));
          expect
            .soft(Math.abs(ours - theirs), `${expected.layer}: ${what}: ${ours}, not ${theirs}`)
            .toBeLessThan(score);
        }
        const maps = measured.maps[layer];
        expect(Boolean(maps)).toBe(mapped.some((wanted) => wanted === layer + 1));
        if (!maps) continue;
        for (const kind of ["studentGivenTeacher", "teacherGivenStudent"] as const) {
          const { images, scale, relative } = expected.maps[kind];
          const area = relative.values.length / images.length;
          for (const [nth, image] of images.entries()) {
            const ours = maps[kind][measured.order.indexOf(image)] ?? [];
            const theirs = relative.values.slice(nth * area, (nth + 1) * area).map((value) => value * scale);
            expect(ours).toHaveLength(area);
            const alike = correlation(ours, theirs);
            least = Math.min(least, alike);
            expect.soft(alike, `${expected.layer}: ${kind} of picture ${image}`).toBeGreaterThan(map);
          }
        }
      }
      const told = mapped.length > 0 ? `, maps correlate with ${least.toFixed(6)} or more` : "";
      console.log(`${device}: scores within ${furthest.toExponential(1)}${told}`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** Runs the engine in an empty page of the site, under the site's own policy; everything comes from the disk. */
async function measure(
  page: Page,
  device: string,
  folder: string,
  files: string[],
  mapped: readonly number[],
): Promise<Measured> {
  const serve = (name: string, path: string): Promise<unknown> =>
    page.route(`**/agreement/${name}`, (r) => r.fulfill({ path }));
  await page.route("**/agreement/", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
  await page.route("**/agreement/cifar10/**", (route) => {
    const path = new URL(route.request().url()).pathname.replace("/agreement/", "");
    return route.fulfill({ path: join(folder, path) });
  });
  // The engine that the page has on that device.
  for (const file of ["unicam.js", "unicam_bg.wasm"])
    await serve(file, join(ROOT, device === "cpu" ? "pkg/cpu" : "pkg", file));
  await serve("teacher", TEACHER);
  await serve("student", STUDENT);
  await page.goto("/agreement/");
  return page.evaluate(
    async ({ device, files, mapped }): Promise<Measured> => {
      const unicam = (await import(`${location.href}unicam.js`)) as typeof import("../../../pkg/unicam.js");
      const bytes = async (path: string): Promise<Uint8Array> => {
        const response = await fetch(path);
        if (!response.ok) throw new Error(`${path}: ${String(response.status)}`);
        return new Uint8Array(await response.arrayBuffer());
      };
      await unicam.default();
      const session = await unicam.Session.create(device as "cpu" | "webgpu");
      const { images } = unicam.Session.defaults();
      session.beginImages(images);
      for (const file of files) session.addFile(file, await bytes(`cifar10/${file}`));
      session.finishImages();
      await session.loadTeacher(await bytes("teacher"), { network: null, order: [] });
      const student = await bytes("student");
      // There is no third network: the Student takes the Base's place, too.
      await session.loadStudents(student, student);

      const count = files.length / 2;
      const reference = { images: count, seed: 0 };
      const byteSums = Array.from({ length: count }, (_, index) =>
        session.picture("test", index).rgba.reduce((sum, value, i) => (i % 4 === 3 ? sum : sum + value), 0),
      );
      const scores = await session.score({ reference });
      const layers = scores.layers.map((outcome) => {
        if ("error" in outcome) throw new Error(outcome.error.message);
        return outcome.ok;
      });
      const maps: Measured["maps"] = layers.map(() => null);
      let order: number[] = [];
      for (const layer of mapped) {
        const explanation = await session.explain({
          reference,
          layer,
          objective: "relevance",
          signed: true,
        });
        const report = explanation.report();
        const signed = explanation.signed();
        explanation.free();
        const areas = report.rawSizes.map(({ width, height }) => width * height);
        const whole = areas.reduce((sum, area) => sum + area, 0);
        const ofKind = (kind: "studentGivenTeacher" | "teacherGivenStudent"): number[][] => {
          const place = report.maps.indexOf(kind);
          const before = areas.slice(0, place).reduce((sum, area) => sum + area, 0);
          return report.images.map((_, image) => {
            const start = image * whole + before;
            return [...signed.subarray(start, start + (areas[place] ?? 0))];
          });
        };
        maps[layer - 1] = {
          studentGivenTeacher: ofKind("studentGivenTeacher"),
          teacherGivenStudent: ofKind("teacherGivenStudent"),
        };
        order = report.images.map(({ index }) => index);
      }
      return { device: session.device().kind, byteSums, layers, maps, order };
    },
    { device, files, mapped },
  );
}

/** Every figure that both sides have: its name, ours, theirs. */
function pairs(ours: LayerScores, theirs: Layer): [string, number, number][] {
  const { fss, relevance } = theirs;
  const rows: [string, number, number][] = [
    ["FSS (paper)", ours.fssStudent.paper, fss.paper],
    ["FSS (corrected)", ours.fssStudent.corrected, fss.corrected],
    ["RS of the Teacher", ours.rsTeacher, relevance.teacher.rStar],
    ["RS of the Student", ours.rsStudent, relevance.student.rStar],
    ["p of the Teacher's RS", ours.evidence.rsTeacher.tTest?.pValue ?? NaN, relevance.teacher.pValue],
    ["p of the Student's RS", ours.evidence.rsStudent.tTest?.pValue ?? NaN, relevance.student.pValue],
  ];
  for (const [what, own, other] of [
    ["Student given Teacher", ours.rsStudentGivenTeacher, theirs.studentGivenTeacher],
    ["Teacher given Student", ours.rsTeacherGivenStudent, theirs.teacherGivenStudent],
  ] as const) {
    rows.push([`${what} (semi-partial)`, own.semiPartial, other.semiPartial]);
    rows.push([`${what} (partial)`, own.partial, other.partial]);
  }
  return rows;
}
