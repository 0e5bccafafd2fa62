// docs/whole-page.png: the page after a run of the shipped recipe; docs/page.png: its first screen alone; docs/timeline.png:
// that run on its way, at the point where most is to be seen. Says how long the run took.
// `npm run build`, then `npm run picture`.

import { statSync } from "node:fs";
import { join } from "node:path";
import { reportAndExit } from "./report.mjs";
import { serve } from "./serve.mjs";
import { setUp } from "./setup/index.mjs";
import { ROOT } from "./setup/places.mjs";
import { Failure } from "./setup/process.mjs";

const PLACE = join(ROOT, "docs", "whole-page.png");
const FIRST_SCREEN = join(ROOT, "docs", "page.png");
const TIMELINE = join(ROOT, "docs", "timeline.png");
const WIDTH = 1200;
/** Pixels around the timeline. */
const MARGIN = 16;
const MOST_BYTES = 600_000;
const MOST_MINUTES = 30;

try {
  await setUp(["packages", "browser"]);
  await takePicture();
} catch (error) {
  reportAndExit(error);
}
process.exit();

async function takePicture() {
  const { chromium } = await import("@playwright/test");
  const { default: sharp } = await import("sharp");
  const { address } = await serve();
  const browser = await chromium.launch({ executablePath: process.env.CHROME, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: 900 } });
    await page.goto(`${address}?device=cpu`);
    const button = page.getByTestId("run-all");
    await button.click({ timeout: 120_000 });
    const begun = performance.now();
    const timeout = MOST_MINUTES * 60_000;
    await page.getByTestId("result").waitFor({ timeout });
    console.log(`the shipped recipe on the CPU device, in the page: ${seconds(begun)} s to the result`);
    for (const step of ["look", "scores"]) {
      await page.locator(`[data-testid="step-${step}"][data-status="done"]`).waitFor({ timeout });
    }
    console.log(`and ${seconds(begun)} s to maps and scores`);
    await page.getByTestId("card").nth(11).waitFor();
    await page.locator('[data-testid="scores"][data-complete="true"]').waitFor({ state: "attached" });
    await takeTimeline(page, sharp);
    // A window as high as the page, because what is out of sight is not drawn.
    await page.setViewportSize({
      width: WIDTH,
      height: await page.locator("body").evaluate((body) => body.scrollHeight),
    });
    await paintEverything(page);
    await page.setViewportSize({
      width: WIDTH,
      height: await page.locator("body").evaluate((body) => body.scrollHeight),
    });
    const taken = await page.screenshot({ animations: "disabled" });
    const few = { palette: true, quality: 40, colours: 80, dither: 0, effort: 10, compressionLevel: 9 };
    await sharp(taken).png(few).toFile(PLACE);
    const { height } = await page.locator(".masthead").boundingBox();
    await sharp(taken)
      .extract({ left: 0, top: 0, width: WIDTH, height: Math.round(height) })
      .png(few)
      .toFile(FIRST_SCREEN);
  } finally {
    await browser.close();
  }
  const { size } = statSync(PLACE);
  if (size > MOST_BYTES) throw new Failure(`${PLACE} has ${size} bytes, over ${MOST_BYTES}`);
  console.log(`${PLACE}: ${size} bytes`);
}

/** The timeline at the first point where the Student finds a picture that the Base does not, past a third of the run. */
async function takeTimeline(page, sharp) {
  const scrubber = page.getByTestId("watch-scrubber");
  const points = Number(await page.getByTestId("watch").getAttribute("data-points"));
  for (let at = Math.round(points / 3); at < points; at++) {
    await scrubber.fill(String(at));
    if ((await page.getByTestId("watch-told").innerText()).includes("the Student has found")) break;
  }
  // Maps and curves are painted in the frames after.
  await page.waitForTimeout(1500);
  const { x, y, width, height } = await page.getByTestId("watch").boundingBox();
  const clip = { x: x - MARGIN, y: y - MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN };
  const taken = await page.screenshot({ animations: "disabled", clip });
  await sharp(taken).png({ palette: true, quality: 70, effort: 10, compressionLevel: 9 }).toFile(TIMELINE);
  await scrubber.fill(String(points - 1));
  // Or the key that goes to the top of the page would go to the first point.
  await scrubber.blur();
}

/** Waits until no picture or map of the page is still to be painted, and goes back to the top. */
async function paintEverything(page) {
  const unpainted = ["thumb", "tile-picture", "tile-map"].map((kind) => `canvas.${kind}:not([data-painted])`);
  await page.locator(unpainted.join(", ")).first().waitFor({ state: "detached" });
  await page.keyboard.press("Control+Home");
  // Charts are drawn some frames later, and the page scrolls softly.
  await page.waitForTimeout(2000);
}

function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(0);
}
