// The engine's package in an empty page of the site, under the site's own policy, with taps on its calls into the GPU.

import { join } from "node:path";

import type { Page } from "@playwright/test";

import { tap } from "../../../bench/page/taps";

const ROOT = join(import.meta.dirname, "../../..");

/** The folder that the page lies in. */
const FOLDER = "/engine-alone/";

/** Opens the page: `unicam.js` and `weights.js` lie beside it, and `taps` are there before anything else. */
export async function openBareEngine(page: Page): Promise<void> {
  const packaged = (address: string): string => join(ROOT, "pkg", new URL(address).pathname.replace(FOLDER, ""));
  await page.addInitScript(`globalThis.taps = (${tap.toString()})();`);
  await page.route(`**${FOLDER}`, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
  await page.route(`**${FOLDER}*.*`, (route) => route.fulfill({ path: packaged(route.request().url()) }));
  await page.route(`**${FOLDER}weights/*`, (route) => route.fulfill({ path: packaged(route.request().url()) }));
  await page.goto(FOLDER);
}
