import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { expect, type Page } from "@playwright/test";
import sharp from "sharp";

import { folder, zip } from "./bytes";
import { expectFinished, expectMaps, expectScores, open, test, valueOf } from "./support";

const DATA = process.env["UNICAM_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");
const PETS = join(DATA, "asirra-128px.tar.xz");
const LEAVES = join(DATA, "plantvillage-potato-128px.tar.xz");
const CASES = join(DATA, "../cases");

/** Most time from the drop of the last photos to the first map, on the CPU, milliseconds. */
const MOST_TIME = 10_000;

const run = promisify(execFile);

/** A file as it is dropped. */
interface Dropped {
  name: string;
  bytes: Buffer;
}

/** Drops files anywhere on the page. */
async function drop(page: Page, files: Dropped[]): Promise<void> {
  const transfer = await page.evaluateHandle(
    (texts) => {
      const data = new DataTransfer();
      for (const { name, text } of texts) {
        data.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name));
      }
      return data;
    },
    files.map(({ name, bytes }) => ({ name, text: bytes.toString("base64") })),
  );
  await page.dispatchEvent("h1", "dragover", { dataTransfer: transfer });
  await page.dispatchEvent("h1", "drop", { dataTransfer: transfer });
}

/** Opens the page at a data set, which shows no pictures before there are any. */
async function openSet(page: Page, where: string): Promise<void> {
  await page.goto(where);
  await expect(page.getByTestId("known-files")).toBeEnabled({ timeout: 60_000 });
}

/** A folder of a folder with files for each of these names; where it lies. */
async function foldersIn(root: string, classes: Record<string, Dropped[]>): Promise<string> {
  const pets = join(root, "pets");
  for (const [name, files] of Object.entries(classes)) {
    await mkdir(join(pets, name), { recursive: true });
    for (const file of files) await writeFile(join(pets, name, file.name), file.bytes);
  }
  return pets;
}

/** Six photos of each class as phones and cameras name and write them: of three formats, one on its side, one half transparent. */
async function photos(root: string): Promise<{ cats: Dropped[]; dogs: Dropped[] }> {
  await run("tar", [
    "-xJf",
    PETS,
    "-C",
    root,
    "--wildcards",
    "asirra/test/*/*.400[1-9].jpg",
    "asirra/test/*/*.401?.jpg",
  ]);
  const of = async (kind: string): Promise<Dropped[]> => {
    const inside = join(root, "asirra/test", kind);
    const names = (await readdir(inside)).sort().slice(0, 6);
    return Promise.all(
      names.map(async (name, i) => {
        const bytes = await readFile(join(inside, name));
        if (i === 1) return { name: `${kind} ${String(i)}.webp`, bytes: await sharp(bytes).webp().toBuffer() };
        if (i === 2)
          return { name: `${kind} ${String(i)}.png`, bytes: await sharp(bytes).ensureAlpha(0.5).png().toBuffer() };
        if (i === 3) {
          const turned = await sharp(bytes).rotate(-90).withMetadata({ orientation: 6 }).jpeg().toBuffer();
          return { name: `${kind.toUpperCase()}.JPG`, bytes: turned };
        }
        return { name: `IMG_${kind}_${String(i)}.jpg`, bytes };
      }),
    );
  };
  return { cats: await of("cats"), dogs: await of("dogs") };
}

test("a dozen photos of one's own pets show maps within seconds", async ({ page }) => {
  test.skip(!existsSync(PETS), `needs ${PETS}`);
  const root = await mkdtemp(join(tmpdir(), "unicam-pets-"));
  try {
    const { cats, dogs } = await photos(root);
    await open(page, "/?device=cpu");
    await page.getByTestId("data-source-cats-and-dogs").check();
    await expect(page.getByTestId("known-set")).toHaveAttribute("data-name", "cats-and-dogs");
    // What no reader of pictures knows is a marked row among them.
    const odd = join(CASES, "d19-formats/p");
    const strange: Dropped[] = [];
    for (const kind of existsSync(odd) ? await readdir(odd) : []) {
      const heic = (await readdir(join(odd, kind))).find((name) => /\.heic$/i.test(name));
      if (heic && strange.length === 0) strange.push({ name: heic, bytes: await readFile(join(odd, kind, heic)) });
    }
    await drop(page, [...cats, ...strange]);
    const loose = page.getByTestId("loose");
    await expect(loose).toHaveAttribute("data-waiting", String(6 + strange.length));
    await page.getByTestId("loose-cats").click();
    await expect(page.getByTestId("loose-told")).toContainText("cats");
    // Photos of one kind alone are no data yet, and no mistake either.
    await expect(page.getByRole("alert")).toHaveCount(0);
    const begun = Date.now();
    await expect(page.getByTestId("forget")).toBeVisible();
    await drop(page, dogs);
    await page.getByTestId("loose-dogs").click();
    await expect(page.getByTestId("class-counts").locator("tbody th")).toHaveText(["cats", "dogs"]);
    await page.getByTestId("known-show").click();
    await expect(page.getByTestId("map").first()).toBeVisible({ timeout: 60_000 });
    const taken = Date.now() - begun;
    console.log(`first map ${String(taken)} ms after the drop of the last photos`);
    expect(taken).toBeLessThan(MOST_TIME);
    await expectFinished(page, 60_000);
    await expectMaps(page);
    await expectScores(page);
    await expect(page.getByTestId("files")).toHaveAttribute("data-usable", "12");
    await expect(page.getByTestId("files")).toHaveAttribute("data-broken", String(strange.length));
    expect(await valueOf(page.getByTestId("result-teacher"))).toBeGreaterThanOrEqual(0.5);
    await expect(page).toHaveURL(/set=cats-and-dogs/);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

for (const { set, archive, classes, teacher } of [
  // 200 of each kind, drawn by a seed from the 2,000 that were held out when it learned: 0.895, as the command line has it
  // too, well within three standard errors (0.044) of the manifest's accuracy.
  { set: "cats-and-dogs", archive: PETS, classes: 2, teacher: 0.895 },
  // All leaves that were held out when it learned, as the manifest has it.
  { set: "potato-leaves", archive: LEAVES, classes: 3, teacher: 0.97 },
]) {
  test(`the archive of ${set} shows the pair that learned from its training pictures`, async ({ page }) => {
    test.skip(!existsSync(archive), `needs ${archive}`);
    await openSet(page, `/?device=cpu#set=${set}`);
    await page.getByTestId("known-files").setInputFiles(archive);
    await expect(page.getByTestId("class-counts").locator("tbody th")).toHaveCount(classes, { timeout: 120_000 });
    await page.getByTestId("known-show").click();
    await expectFinished(page, 120_000);
    await expectMaps(page);
    await expectScores(page);
    expect(await valueOf(page.getByTestId("result-teacher"))).toBeCloseTo(teacher, 2);
  });
}

test("folders of other names and in another order are matched, and a pair can be trained on them", async ({ page }) => {
  test.skip(!existsSync(PETS), `needs ${PETS}`);
  const root = await mkdtemp(join(tmpdir(), "unicam-pets-"));
  try {
    const { cats, dogs } = await photos(root);
    // Sorted, the dogs come first.
    const pets = await foldersIn(root, { Puppies: dogs, kittens: cats });
    await openSet(page, "/?device=cpu#set=cats-and-dogs&steps=2&batch=4&report-every=1&timeline-pictures=0");
    await page.getByTestId("known-folder").setInputFiles(pets);
    await expect(page.getByTestId("class-counts").locator("tbody th")).toHaveText(["Puppies", "kittens"]);
    await page.getByTestId("known-train").click();
    await expectFinished(page, 120_000);
    await expect(page.getByTestId("teacher-card")).toContainText("shipped with this page");
    expect(await valueOf(page.getByTestId("teacher-accuracy"))).toBeGreaterThanOrEqual(0.5);
    await expectMaps(page);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

test("a link with a data set's key opens it and asks for its pictures; the scenes keep their own recipe", async ({
  page,
}) => {
  await openSet(page, "/?device=cpu#set=cats-and-dogs&opacity=0.5");
  await expect(page.getByTestId("data-source-cats-and-dogs")).toBeChecked();
  await expect(page.getByTestId("still-scenes")).toBeVisible();
  const home = page.getByTestId("known-set").getByRole("link");
  await expect(home).toHaveAttribute("rel", "noreferrer");
  await expect(home).toHaveAttribute("href", /^https:\/\/www\.microsoft\.com\//);
  await page.getByText("Size, classes, split and limit").click();
  await expect(page.getByTestId("field-side")).toHaveValue("64");
  await page.getByTestId("data-source-potato-leaves").check();
  await expect(page).toHaveURL(/#set=potato-leaves&opacity=0\.5$/);
  await page.getByTestId("data-source-scenes").check();
  await expect(page).toHaveURL(/#opacity=0\.5$/);
  await expect(page.getByTestId("dial")).toBeVisible();
});

test("pictures of other classes are told apart from what the shipped networks know", async ({ page }) => {
  await open(page, "/?device=cpu");
  await page.getByTestId("data-source-cifar10").check();
  const buffer = zip([...folder("along"), ...folder("across")]);
  await page.getByTestId("known-files").setInputFiles({ name: "lines.zip", mimeType: "application/zip", buffer });
  const notice = page.getByTestId("known-others");
  await expect(notice).toContainText("across, along");
  await expect(notice).toContainText("airplane");
  await expect(page.getByTestId("known-show")).toHaveCount(0);
  // They are of no use for another data set, so its own are asked for.
  await page.getByTestId("data-source-cats-and-dogs").check();
  await expect(page.getByTestId("class-counts")).toHaveCount(0);
  await expect(page.getByTestId("data-source-cats-and-dogs")).toBeChecked();
});

test("pictures of one's own that have a known set's classes are told when they are too few, and may take its settings", async ({
  page,
}) => {
  test.skip(!existsSync(PETS), `needs ${PETS}`);
  const root = await mkdtemp(join(tmpdir(), "unicam-pets-"));
  try {
    const pets = await foldersIn(root, await photos(root));
    await open(page, "/?device=cpu");
    // Another set that was looked at before does not make these strangers.
    await page.getByTestId("data-source-cifar10").check();
    await page.getByTestId("data-source-images").check();
    await page.getByTestId("pick-folder").setInputFiles(pets);
    const use = page.getByTestId("use-known");
    await expect(use).toContainText("Cats and dogs");
    await page.getByTestId("show-finished").click();
    await expectFinished(page, 60_000);
    await expect(page.getByTestId("few-pictures")).toContainText("4 reference pictures are too few");
    await expect(page.getByTestId("result-text")).toContainText("too few to rank Student and Base");
    // What rounding leaves is no map.
    const residual = page.locator('[data-testid="map"][data-kind="residual"]').first();
    await expect(residual).toHaveAttribute("data-empty", "true");
    await use.click();
    await expect(page).toHaveURL(/set=cats-and-dogs/);
    await expect(page.getByTestId("class-counts").locator("td")).toHaveText(["3", "3", "3", "3"]);
    await expect(use).toHaveCount(0);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
