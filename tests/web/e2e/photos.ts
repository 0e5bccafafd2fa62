// Many photos on the disk, each different, without the time that encoding each of them would take.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import sharp from "sharp";

/** Folders of the photos. */
export const CLASSES = ["beech", "birch", "larch", "maple", "willow"];
// Small ones, since a core decodes twenty of 640 x 480 a second where others are at work beside it.
const [WIDTH, HEIGHT] = [240, 180];

/** Photos that one photo can be changed into. */
const VARIANTS = 1600;

/** A photo of soft waves with some grain, of a colour and direction of its class; each `kind` has other waves. */
async function photo(number: number, kind: number): Promise<Buffer> {
  const pixels = Buffer.alloc(WIDTH * HEIGHT * 3);
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const wave = Math.sin((x * (number + 1) + y * (CLASSES.length - number)) / (60 + 20 * kind));
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

/** Writes so many photos of each class. */
export async function writePhotos(root: string, perClass: number): Promise<void> {
  for (const [number, name] of CLASSES.entries()) {
    await mkdir(join(root, name));
    for (let first = 0; first < perClass; first += VARIANTS) {
      const base = await photo(number, first / VARIANTS);
      const files = Array.from({ length: Math.min(VARIANTS, perClass - first) }, (_, i) => i);
      await Promise.all(files.map((i) => writeFile(join(root, name, `${String(first + i)}.jpg`), variant(base, i))));
    }
  }
}
