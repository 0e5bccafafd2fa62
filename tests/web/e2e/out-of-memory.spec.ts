import { readFile } from "node:fs/promises";

import { chromium, expect, type Page, test } from "@playwright/test";

import { address, expectFinished, open } from "./support";

/** A batch whose activations take most of what the page's process has. */
const LARGE = {
  train: 128,
  batch: 128,
  blocks: 3,
  width: 8,
  steps: 2,
  "report-every": 1,
  "evaluate-every": 2,
  "timeline-pictures": 0,
  start: "random",
};

/** Bytes that an engine has before a run. */
const AT_REST = 16 << 20;
/** The share of what a run takes undisturbed that the browser still gives. */
const GIVEN = 0.75;
const WASM_PAGE = 65_536;

test("when the browser refuses memory the run goes on with less of it, and its Student is the one of the whole batch", async ({
  browser,
  baseURL,
}) => {
  test.skip(process.platform !== "linux", "what a process takes is read as Linux tells it");
  const undisturbed = await browser.newPage();
  await open(undisturbed, address("cpu", LARGE));
  const before = await dataBytes(undisturbed);
  await undisturbed.getByTestId("run-all").click();
  await expectFinished(undisturbed, 300_000);
  const taken = (await dataBytes(undisturbed)) - before;
  const expected = await reportOf(undisturbed);
  expect(expected.distillation.memory).toBeUndefined();
  await undisturbed.close();

  const pages = Math.round((AT_REST + GIVEN * taken) / WASM_PAGE);
  const small = await chromium.launch({
    executablePath: process.env["CHROME"] ?? "",
    args: ["--no-sandbox", `--js-flags=--wasm-max-mem-pages=${String(pages)}`],
  });
  try {
    const page = await small.newPage({ ...(baseURL ? { baseURL } : {}) });
    await open(page, address("cpu", LARGE));
    await page.getByTestId("run-all").click();
    const survived = page.getByTestId("survived");
    await expect(survived).toHaveAttribute("data-code", "out-of-memory", { timeout: 120_000 });
    await expect(survived).toContainText("computes what lies between twice");
    await expectFinished(page, 300_000);
    const report = await reportOf(page);
    expect(report.distillation.memory).toBe("scarce");
    expect(report.student.digest).toBe(expected.student.digest);
    expect(report.base.digest).toBe(expected.base.digest);
  } finally {
    await small.close();
  }
});

interface Told {
  distillation: { memory?: string };
  student: { digest: string };
  base: { digest: string };
}

async function reportOf(page: Page): Promise<Told> {
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByTestId("export-report").click()]);
  return JSON.parse(await readFile(await saved.path(), "utf8")) as Told;
}

async function renderers(page: Page): Promise<number[]> {
  const session = await page.context().browser()?.newBrowserCDPSession();
  if (!session) throw new Error("only a browser that was launched can be asked");
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
}

/** What the largest of the page's processes may write to, bytes: an engine's memory grows there and never shrinks. */
async function dataBytes(page: Page): Promise<number> {
  const sizes = (await renderers(page)).map(async (id) => {
    const status = await readFile(`/proc/${String(id)}/status`, "utf8").catch(() => "");
    return 1024 * Number(/^VmData:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  });
  return Math.max(...(await Promise.all(sizes)));
}
