// What the page's own thread spent its time on, from Chromium's trace.

import type { Page } from "@playwright/test";

/** One task of the page's thread: nothing else on the page happens while it runs. */
export interface Task {
  /** time that the task kept a core busy, milliseconds; what it waited for other threads does not count */
  busy: number;
  /** time from begin to end, milliseconds */
  wall: number;
  /** when it began, milliseconds after the trace */
  at: number;
  /** what it was made of, longest first, e.g. "FunctionCall 31 ms" */
  parts: string[];
}

interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  tdur?: number;
  args: {
    name?: string;
    data?: { functionName?: string; url?: string };
    chrome_mojo_event_info?: { mojo_interface_tag?: string };
  };
}

/** Does something and lists the tasks of the page's thread meanwhile, the busiest first. */
export async function tasksDuring(page: Page, work: () => Promise<unknown>): Promise<Task[]> {
  const browser = page.context().browser();
  if (!browser) throw new Error("only a browser that was launched can be traced");
  await browser.startTracing(page, {
    categories: ["toplevel", "devtools.timeline", "v8.compile", "blink.user_timing"],
  });
  await work().catch(async (reason: unknown) => {
    await browser.stopTracing();
    throw reason;
  });
  const trace = JSON.parse((await browser.stopTracing()).toString("utf8")) as { traceEvents: TraceEvent[] };
  return pageTasks(trace.traceEvents, new URL(page.url()).origin);
}

function pageTasks(events: TraceEvent[], origin: string): Task[] {
  // Every renderer has such a thread, that of the browser's first, empty tab too; the page's own runs the page's scripts.
  const threads = events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const ofThreads = threads.map(({ pid, tid }) => events.filter((e) => e.pid === pid && e.tid === tid && e.ph === "X"));
  const scriptsIn = (thread: TraceEvent[]): number =>
    thread.filter(({ args }) => args.data?.url?.startsWith(origin)).length;
  const own = ofThreads.sort((a, b) => scriptsIn(b) - scriptsIn(a))[0] ?? [];
  const start = own.reduce((earliest, { ts }) => Math.min(earliest, ts), Infinity);
  // What the test asks of the page is done in the page's thread, but not by the page.
  const asked = own.filter(({ args }) => args.chrome_mojo_event_info?.mojo_interface_tag?.includes("DevToolsSession"));
  const isAsked = ({ ts, dur = 0 }: TraceEvent): boolean => asked.some((e) => e.ts >= ts && e.ts <= ts + dur);
  const tasks = own.filter((e) => e.name.endsWith("RunTask") && e.tdur !== undefined && !isAsked(e));
  return tasks
    .map((task) => ({
      busy: (task.tdur ?? 0) / 1000,
      wall: (task.dur ?? 0) / 1000,
      at: (task.ts - start) / 1000,
      parts: (task.tdur ?? 0) > 10_000 ? partsOf(task, own) : [],
    }))
    .sort((a, b) => b.busy - a.busy);
}

/** What a task was made of: the calls and layouts inside that took at least a millisecond. */
function partsOf(task: TraceEvent, own: TraceEvent[]): string[] {
  const end = task.ts + (task.dur ?? 0);
  return own
    .filter((e) => e !== task && e.ts >= task.ts && e.ts + (e.dur ?? 0) <= end && (e.tdur ?? 0) > 1000)
    .sort((a, b) => (b.tdur ?? 0) - (a.tdur ?? 0))
    .slice(0, 8)
    .map(({ name, tdur, args }) => `${name} ${args.data?.functionName ?? ""} ${((tdur ?? 0) / 1000).toFixed(1)} ms`);
}
