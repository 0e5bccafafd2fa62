import initCpu, { refusedMemory, Session as CpuSession } from "../../pkg/cpu/unicam.js";
import type { Session } from "../../pkg/unicam.js";
import { EngineError, failure, PAGE_CODES } from "../protocol/failure";
import { keep } from "./keep";
import { askOfMemory } from "./out-of-memory";
import type { Tell } from "./supply";

/** Sizes of the modules as they were built; an answer on its way may be compressed. */
declare const ENGINE_BYTES: { cpu: number; whole: number };

/** A module, and what is said where it does not come. */
interface Module {
  url: URL;
  bytes: number;
  code: string;
  called: string;
  advice: string;
}

const CPU: Module = {
  url: new URL("../../pkg/cpu/unicam_bg.wasm", import.meta.url),
  bytes: ENGINE_BYTES.cpu,
  code: PAGE_CODES.engineNotLoaded,
  called: "The engine",
  advice: "Reload the page to try again.",
};

const WHOLE: Module = {
  url: new URL("../../pkg/unicam_bg.wasm", import.meta.url),
  bytes: ENGINE_BYTES.whole,
  code: PAGE_CODES.wholeEngineNotLoaded,
  called: "The engine for WebGPU",
  advice: "Choose WebGPU in the device menu to try again, or the CPU.",
};

/** Loads the engine that computes on the CPU alone. */
export function loadCpuEngine(tell: Tell): Promise<typeof Session> {
  return load(CPU, tell, async (response) => {
    await initCpu({ module_or_path: response });
    askOfMemory(refusedMemory);
    // Both are built from one source: the door of this one is the other's.
    return CpuSession as unknown as typeof Session;
  });
}

/** Loads the engine that knows both devices. */
export function loadWholeEngine(tell: Tell): Promise<typeof Session> {
  return load(WHOLE, tell, async (response) => {
    void keep(WHOLE.url, response.clone());
    const engine = await import(/* webpackChunkName: "whole-engine" */ "../../pkg/unicam.js");
    await engine.default({ module_or_path: response });
    askOfMemory(engine.refusedMemory);
    return engine.Session;
  });
}

/** Fetches and starts a module, telling how much of it has arrived. */
async function load(
  module: Module,
  tell: Tell,
  start: (response: Response) => Promise<typeof Session>,
): Promise<typeof Session> {
  const response = await fetchModule(module);
  // The compiler gets the very response that came, or the browser would not keep the compiled code for the next visit.
  void count(response.clone(), module.bytes, tell);
  try {
    return await start(response);
  } catch (reason) {
    throw notLoaded(module, `this browser cannot run it: ${sentenceOf(reason)}`);
  }
}

async function fetchModule(module: Module): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(module.url);
  } catch (reason) {
    throw notLoaded(module, sentenceOf(reason));
  }
  if (!response.ok) throw notLoaded(module, `the server answered ${String(response.status)}`);
  return response;
}

function notLoaded({ code, called, advice }: Module, why: string): EngineError {
  return new EngineError(failure(code, `${called} could not be loaded: ${why}. ${advice}`));
}

function sentenceOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}

/** Counts the bytes of a response that somebody else reads too, as they travel: a compressed answer tells its own length. */
async function count(response: Response, bytes: number, tell: Tell): Promise<void> {
  if (!response.body) return;
  const isCompressed = response.headers.has("content-encoding");
  const total = (isCompressed && Number(response.headers.get("content-length"))) || bytes;
  let [read, lastPost] = [0, 0];
  try {
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      read += value.byteLength;
      if (performance.now() - lastPost > 80) {
        lastPost = performance.now();
        tell({ received: Math.round((Math.min(read, bytes) / bytes) * total), total });
      }
    }
  } catch {
    // Whoever compiles the response hears of it as well.
    return;
  }
  tell({ received: total, total });
}
