// `unit` runs the page's parts in node; `page` opens the built page, as scripts/serve.mjs serves it, in a real browser.

import { defineConfig, devices } from "@playwright/test";

import webdriver from "./webdriver.json" with { type: "json" };

const port = Number(process.env["PORT"] || 4173);
const isPageRun = !process.argv.includes("--project=unit");

export default defineConfig({
  testDir: "tests/web",
  outputDir: "test-results",
  forbidOnly: Boolean(process.env["CI"]),
  // One at a time: WebGPU in software takes every core there is.
  workers: 1,
  reporter: [["list"]],
  projects: [
    { name: "unit", testDir: "tests/web/unit" },
    {
      name: "page",
      testDir: "tests/web/e2e",
      timeout: 900_000,
      expect: { timeout: 30_000 },
      use: {
        ...devices["Desktop Chrome"],
        baseURL: `http://localhost:${String(port)}/`,
        // Without pictures: taking them costs as much as the page itself.
        trace: { mode: "retain-on-failure", screenshots: false },
        launchOptions: {
          // Playwright would bring a browser of its own; the set-up has found or installed one.
          executablePath: process.env["CHROME"] ?? "",
          // The flags of the crate's own browser tests.
          args: webdriver["goog:chromeOptions"].args,
        },
      },
    },
  ],
  ...(isPageRun && {
    webServer: {
      command: "node scripts/serve.mjs",
      url: `http://localhost:${String(port)}/`,
      env: { PORT: String(port) },
      reuseExistingServer: !process.env["CI"],
    },
  }),
});
