import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

import { expect, type Page, test } from "@playwright/test";

import { address, expectFinished, open } from "./support";

const run = promisify(execFile);

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

/** The share of what a run takes undisturbed that the system still gives. */
const GIVEN = 0.75;

test("when the system refuses memory the run goes on with less of it, and its Student is the one of the whole batch", async ({
  browser,
}) => {
  test.skip(process.platform !== "linux", "prlimit is a program of Linux");
  const undisturbed = await browser.newPage();
  await open(undisturbed, address("cpu", LARGE));
  const before = await dataBytes(undisturbed);
  await undisturbed.getByTestId("run-all").click();
  await expectFinished(undisturbed, 300_000);
  const taken = (await dataBytes(undisturbed)) - before;
  const expected = await reportOf(undisturbed);
  expect(expected.distillation.memory).toBeUndefined();
  await undisturbed.close();

  const page = await browser.newPage();
  await open(page, address("cpu", LARGE));
  const most = (await dataBytes(page)) + Math.round(GIVEN * taken);
  for (const id of await renderers(page)) await run("prlimit", ["--pid", String(id), `--data=${String(most)}`]);
  await page.getByTestId("run-all").click();
  const survived = page.getByTestId("survived");
  await expect(survived).toHaveAttribute("data-code", "out-of-memory", { timeout: 120_000 });
  await expect(survived).toContainText("computes what lies between twice");
  await expectFinished(page, 300_000);
  const report = await reportOf(page);
  expect(report.distillation.memory).toBe("scarce");
  expect(report.student.digest).toBe(expected.student.digest);
  expect(report.base.digest).toBe(expected.base.digest);
  await page.close();
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

/** What the largest of the page's processes may write to, which is what the system's limit counts, bytes. */
async function dataBytes(page: Page): Promise<number> {
  const sizes = (await renderers(page)).map(async (id) => {
    const status = await readFile(`/proc/${String(id)}/status`, "utf8").catch(() => "");
    return 1024 * Number(/^VmData:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  });
  return Math.max(...(await Promise.all(sizes)));
}
