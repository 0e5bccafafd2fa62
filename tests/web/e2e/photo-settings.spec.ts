// Photographs at the size that networks for them take, whole or cropped, with the augmentation that is usual there.

import { expect, type Page } from "@playwright/test";
import sharp from "sharp";

import { address, expectFinished, open, test } from "./support";

interface Upload {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** Photos twice as wide as high, of a colour of their class, as one picks them. */
async function widePhotos(name: string, tint: [number, number, number], count: number): Promise<Upload[]> {
  const photo = async (number: number): Promise<Upload> => {
    const pixels = Buffer.alloc(320 * 160 * 3);
    for (let at = 0; at < pixels.length; at++) {
      pixels[at] = (tint[at % 3] ?? 0) + (((at * 7919 + number * 104_729) >> 4) % 40);
    }
    const raw = { width: 320, height: 160, channels: 3 } as const;
    return {
      name: `${name}-${String(number)}.png`,
      mimeType: "image/png",
      buffer: await sharp(pixels, { raw }).png().toBuffer(),
    };
  };
  return Promise.all(Array.from({ length: count }, (_, number) => photo(number)));
}

/** Red, green and blue of the first thumbnail at its upper edge and in its middle, and its side. */
async function thumbnail(page: Page): Promise<{ edge: number[]; middle: number[]; side: number }> {
  const canvas = page.getByTestId("sheet-train").locator("canvas[data-painted]").first();
  await expect(canvas).toBeVisible();
  return canvas.evaluate((element: HTMLCanvasElement) => {
    const { width, height } = element;
    // A copy that is meant to be read, which spares the page a warning.
    const copy = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    copy?.drawImage(element, 0, 0);
    const at = (y: number): number[] => [...(copy?.getImageData(width / 2, y, 1, 1).data.slice(0, 3) ?? [])];
    return { edge: at(1), middle: at(height / 2), side: width };
  });
}

const WHITE = [255, 255, 255];

test("photos of 224 pixels are learned from, whole on white or by their middle", async ({ page }) => {
  const settings = { side: 224, fit: "letterbox", "crop-area": 0.5, "teacher-crop-area": 0.3, flip: 1 };
  const quick = {
    steps: 2,
    batch: 4,
    "teacher-steps": 2,
    "teacher-batch": 4,
    "teacher-width": 4,
    width: 4,
    reference: 4,
  };
  await open(page, address("cpu", { ...settings, ...quick, start: "random" }));
  await page.getByTestId("data-source-images").check();
  for (const [name, tint] of [
    ["rust", [180, 60, 20]],
    ["moss", [30, 150, 60]],
  ] as const) {
    await page.getByTestId("loose-class").fill(name);
    await page.getByTestId("pick-files").setInputFiles(await widePhotos(name, [...tint], 6));
  }
  await expect(page.getByTestId("class-counts")).toContainText("rust");
  await expect(page.getByTestId("files")).toHaveAttribute("data-usable", "12");
  const whole = await thumbnail(page);
  expect(whole.side).toBe(224);
  expect(whole.edge).toEqual(WHITE);
  expect(whole.middle).not.toEqual(WHITE);

  await page.getByTestId("teacher-way-train").check();
  await page.getByTestId("train-teacher").click();
  await expect(page.getByTestId("teacher-card")).toBeVisible({ timeout: 120_000 });
  await page.getByTestId("distil").click();
  await expectFinished(page, 240_000);
  // Two steps make no maps to look at; that there are some of this size is enough.
  await expect(page.getByTestId("cards")).toHaveAttribute("data-stale", "false");
  await expect(page.getByTestId("map").first()).toBeVisible();

  // The form offers the usual sides, and another choice is another square.
  await page.getByText("Size, classes, split and limit").first().click();
  const side = page.getByTestId("field-side");
  await expect(side).toHaveValue("224");
  const offered = await page
    .locator(`#${(await side.getAttribute("list")) ?? ""} option`)
    .evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
  expect(offered).toEqual(["32", "64", "128", "224"]);
  const fit = page.getByTestId("field-fit");
  await expect(fit).toHaveValue("letterbox");
  await fit.selectOption("crop");
  await expect.poll(async () => (await thumbnail(page)).edge).not.toEqual(WHITE);
  expect(new URL(page.url()).hash).not.toContain("fit=");
  expect(new URL(page.url()).hash).toContain("crop-area=0.5");
});
