// A Chromium and the driver of the same version, for the tests.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { installPackages, isDebian, mayBeRoot } from "./apt.mjs";
import { CACHE, CACHE_IN_CLONE, CHROME_FOR_TESTING, ROOT } from "./places.mjs";
import { ask, Failure, say } from "./process.mjs";

const PAIRS = [
  ["chromium", "chromedriver"],
  ["google-chrome", "chromedriver"],
  ["google-chrome-stable", "chromedriver"],
];

/** Sets CHROME and CHROMEDRIVER, and tells wasm-bindgen's test runner to use that browser. */
export async function setUpBrowser() {
  const { chrome, driver } = named() ?? installed() ?? (await fromDebian()) ?? (await chromeForTesting());
  process.env.CHROME = chrome;
  process.env.CHROMEDRIVER = driver;
  process.env.WASM_BINDGEN_TEST_WEBDRIVER_JSON = capabilitiesFor(chrome);
}

/** The user's choice. */
function named() {
  const { CHROME: chrome, CHROMEDRIVER: driver } = process.env;
  if (!chrome || !driver) return null;
  for (const path of [chrome, driver]) {
    if (!existsSync(path)) throw new Failure(`CHROME or CHROMEDRIVER names ${path}, which is not there.`);
  }
  return { chrome, driver };
}

/** A pair on PATH; a driver only drives the browser of its own major version. */
function installed() {
  for (const [browserName, driverName] of PAIRS) {
    const chrome = onPath(browserName);
    const driver = onPath(driverName);
    if (chrome && driver && major(chrome) !== undefined && major(chrome) === major(driver)) return { chrome, driver };
  }
  return null;
}

async function fromDebian() {
  if (!isDebian() || !mayBeRoot()) return null;
  say("Chromium: installing it with its driver (apt-get install chromium chromium-driver)");
  await installPackages(["chromium", "chromium-driver"]);
  return installed();
}

async function chromeForTesting() {
  const { Browser, computeExecutablePath, install } = await import("@puppeteer/browsers");
  const place = join(CACHE, "browsers", CHROME_FOR_TESTING);
  const part = `${place}.part`;
  const wanted = { chrome: Browser.CHROME, driver: Browser.CHROMEDRIVER };
  if (!existsSync(place)) {
    say(`Chromium: downloading Chrome for Testing ${CHROME_FOR_TESTING} and its driver`);
    rmSync(part, { recursive: true, force: true });
    try {
      for (const browser of Object.values(wanted)) {
        await install({ browser, buildId: CHROME_FOR_TESTING, cacheDir: part });
      }
    } catch (error) {
      throw new Failure(
        `No Chromium for the tests: the download failed (${error.message}). Install Chromium or Chrome and the ` +
          "chromedriver of the same version, or name both by CHROME and CHROMEDRIVER, and try again.",
      );
    }
    renameSync(part, place);
  }
  const path = (browser) => computeExecutablePath({ browser, buildId: CHROME_FOR_TESTING, cacheDir: place });
  return { chrome: path(wanted.chrome), driver: path(wanted.driver) };
}

/** The crate's webdriver.json and this browser's path: the driver alone would look in the usual places only. */
function capabilitiesFor(chrome) {
  const capabilities = JSON.parse(readFileSync(join(ROOT, "webdriver.json"), "utf8"));
  capabilities["goog:chromeOptions"].binary = chrome;
  mkdirSync(CACHE_IN_CLONE, { recursive: true });
  const file = join(CACHE_IN_CLONE, "webdriver.json");
  writeFileSync(file, JSON.stringify(capabilities, null, 2));
  return file;
}

function onPath(name) {
  return process.env.PATH.split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

function major(program) {
  return /(\d+)\.\d+\.\d+/.exec(ask(program, ["--version"]) ?? "")?.[1];
}
