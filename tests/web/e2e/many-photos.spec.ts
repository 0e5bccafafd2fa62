import { mkdir, rm, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect } from "@playwright/test";
import sharp from "sharp";

import { memoryDuring } from "./memory";
import { address, open, test } from "./support";

const CLASSES = ["beech", "birch", "larch", "maple", "willow"];
const PER_CLASS = 1000;
// Small ones, since a core decodes twenty of 640 x 480 a second where others are at work beside it.
const [WIDTH, HEIGHT] = [240, 180];

/** Most memory that the page may take beside what it has at rest. All photos decoded at once would be 618 MiB. */
const MOST_GROWTH = 256 * 1024 * 1024;

// Playwright's own recording keeps what the page does, which here is a lot.
test.use({ trace: "off" });

/** A photo of soft waves with some grain, of a colour and direction of its class. */
async function photo(number: number): Promise<Buffer> {
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const wave = Math.sin((x * (number + 1) + y * (CLASSES.length - number)) / 60);
      const grain = ((x * 7919 + y * 104729 + x * y * 31) % 17) - 8;
      for (let channel = 0; channel < 3; channel++) {
        const tint = 30 * Math.cos((2 * Math.PI * (number + channel)) / 3);
        pixels[(y * WIDTH + x) * 3 + channel] = 128 + 20 * wave + tint + grain;
      }
    }
  }
  const raw = { width: WIDTH, height: HEIGHT, channels: 3 } as const;
  return sharp(pixels, { raw }).jpeg({ quality: 50 }).toBuffer();
}

/**
 * The same photo with other brightness and colour, without encoding it anew: the first entry of each of its two tables
 * of quantisation is the step of the blocks' means.
 */
function variant(jpeg: Buffer, number: number): Buffer {
  const changed = Buffer.from(jpeg);
  const steps = [8 + Math.floor(number / 40), 8 + (number % 40)];
  for (let at = changed.indexOf("ffdb", 0, "hex"); at >= 0; at = changed.indexOf("ffdb", at + 2, "hex")) {
    const end = at + 2 + changed.readUInt16BE(at + 2);
    for (let table = at + 4; table < end; table += 65) {
      const step = steps[(changed[table] ?? 0) & 15];
      if (step !== undefined) changed[table + 1] = step;
    }
    if (changed.readUInt16BE(end) !== 0xffdb) break;
  }
  return changed;
}

async function writePhotos(root: string): Promise<void> {
  for (const [number, name] of CLASSES.entries()) {
    const base = await photo(number);
    await mkdir(join(root, name));
    const files = Array.from({ length: PER_CLASS }, (_, i) => i);
    await Promise.all(files.map((i) => writeFile(join(root, name, `${String(i)}.jpg`), variant(base, i))));
  }
}

test("five thousand photos are read one by one: the page goes on, and its memory stays small", async ({ page }) => {
  const root = await mkdtemp(join(tmpdir(), "unicam-photos-"));
  try {
    await writePhotos(root);
    await open(page, address("cpu", { side: 32 }));
    await page.getByTestId("data-source-images").check();
    const files = page.getByTestId("files");
    const { before, most } = await memoryDuring(page, async () => {
      await page.getByTestId("pick-folder").setInputFiles(root);
      await expect(files).toHaveAttribute("data-usable", String(CLASSES.length * PER_CLASS), { timeout: 240_000 });
      await expect(page.getByTestId("class-counts")).toBeVisible();
    });
    console.log(`memory: ${mebibytes(before)} MiB before, ${mebibytes(most)} MiB at most`);
    expect(before).toBeGreaterThan(0);
    expect(most - before).toBeLessThan(MOST_GROWTH);
    await expect(files).toHaveAttribute("data-broken", "0");
    const counts = await page
      .getByTestId("class-counts")
      .locator("tbody tr")
      .evaluateAll((rows) =>
        rows.map((row) => {
          const [name, train, test] = [...row.children].map(({ textContent }) => textContent);
          return [name, Number(train) + Number(test)];
        }),
      );
    expect(counts).toEqual(CLASSES.map((name) => [name, PER_CLASS]));
    // No two are the same at the size of the networks, which would be said.
    await expect(page.getByTestId("images-notes")).not.toContainText("the same as another");
    await expect(page.getByTestId("sheet-train").locator("canvas[data-painted]").first()).toBeVisible();
    await page.getByTestId("data-source-scenes").check();
    await expect(page.getByTestId("sheet-test").getByTestId("thumb")).toHaveCount(24);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});

function mebibytes(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}
