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

/** What the page's thread did in a stretch of time, and how fast the machine let it do it. */
export interface Trace {
  /** the busiest first */
  tasks: Task[];
  /**
   * How many times as long a fixed piece of work took the page's thread as it usually takes: more than 1 on a slower
   * machine, and where other programs take more of its caches and cores than usual.
   */
  slowness: number;
}

/** Busy time of {@link fixedWork} where 50 ms were promised, milliseconds: two cores, with compilers at work beside it. */
const FIXED_WORK = 6;
/** Pieces of fixed work before and after what is traced, and the time between those meanwhile, milliseconds. */
const PIECES = 3;
const BETWEEN = 1000;
/** Names the fixed work in a trace. */
const MARK = "fixed work";

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

/** Does something and tells what the page's thread did meanwhile. */
export async function traceDuring(page: Page, work: () => Promise<unknown>): Promise<Trace> {
  const browser = page.context().browser();
  if (!browser) throw new Error("only a browser that was launched can be traced");
  await browser.startTracing(page, {
    categories: ["toplevel", "devtools.timeline", "v8.compile", "blink.user_timing"],
  });
  const pieces = workFixedly(page);
  try {
    await work();
    await pieces.end();
  } catch (reason) {
    await pieces.end();
    await browser.stopTracing();
    throw reason;
  }
  const trace = JSON.parse((await browser.stopTracing()).toString("utf8")) as { traceEvents: TraceEvent[] };
  return read(trace.traceEvents, new URL(page.url()).origin);
}

/** Has the page's thread do fixed work now and then, until it is ended. */
function workFixedly(page: Page): { end(): Promise<void> } {
  let isOver = false;
  let wake = (): void => undefined;
  // A page that is being left or has not come yet does none.
  const piece = (): Promise<void> => page.evaluate(fixedWork, MARK).catch(() => undefined);
  const working = (async () => {
    while (!isOver) {
      await piece();
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, BETWEEN);
      });
    }
    for (let i = 0; i < PIECES; i++) await piece();
  })();
  return {
    end: () => {
      isOver = true;
      wake();
      return working;
    },
  };
}

/** Work of the kind that a page does: makes elements, has them laid out, and takes them away. */
function fixedWork(mark: string): void {
  performance.mark(mark);
  const host = document.createElement("div");
  host.style.cssText = "position:absolute;visibility:hidden;width:20rem;contain:strict";
  for (let i = 0; i < 500; i++) {
    const row = document.createElement("p");
    row.setAttribute("data-row", String(i));
    row.textContent = `row ${String(i)} of ${mark}`;
    host.append(row);
  }
  document.body.append(host);
  host.getBoundingClientRect();
  (host.lastElementChild as HTMLElement).getBoundingClientRect();
  host.remove();
}

function read(events: TraceEvent[], origin: string): Trace {
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
  const all = own.filter((e) => e.name.endsWith("RunTask") && e.tdur !== undefined);
  const marks = events.filter(({ name }) => name === MARK);
  const pieces = all.filter(({ ts, dur = 0 }) => marks.some((mark) => mark.ts >= ts && mark.ts <= ts + dur));
  const tasks = all
    .filter((task) => !isAsked(task) && !pieces.includes(task))
    .map((task) => ({
      busy: (task.tdur ?? 0) / 1000,
      wall: (task.dur ?? 0) / 1000,
      at: (task.ts - start) / 1000,
      parts: (task.tdur ?? 0) > 10_000 ? partsOf(task, own) : [],
    }))
    .sort((a, b) => b.busy - a.busy);
  return { tasks, slowness: median(pieces.map(({ tdur = 0 }) => tdur / 1000)) / FIXED_WORK };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
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
