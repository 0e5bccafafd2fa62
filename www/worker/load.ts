import init, { Session } from "../../pkg/unicam.js";
import { EngineError, failure, PAGE_CODES } from "../protocol/failure";
import type { LoadProgress } from "../protocol/messages";

/** Size of the module as it was built; an answer on its way may be compressed. */
declare const ENGINE_BYTES: number;

const MODULE = new URL("../../pkg/unicam_bg.wasm", import.meta.url);

/** Fetches and starts the engine's module, telling how many bytes have arrived. */
export async function loadEngine(onProgress: (progress: LoadProgress) => void): Promise<typeof Session> {
  const response = await fetchModule();
  // The compiler gets the very response that came, or the browser would not keep the compiled code for the next visit.
  void count(response.clone(), onProgress);
  try {
    await init({ module_or_path: response });
  } catch (reason) {
    const why = reason instanceof Error ? reason.message : String(reason);
    throw notLoaded(`this browser cannot run it: ${why}`);
  }
  return Session;
}

async function fetchModule(): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(MODULE);
  } catch (reason) {
    throw notLoaded(reason instanceof Error ? reason.message : String(reason));
  }
  if (!response.ok) throw notLoaded(`the server answered ${String(response.status)}`);
  return response;
}

function notLoaded(why: string): EngineError {
  return new EngineError(
    failure(PAGE_CODES.engineNotLoaded, `The engine could not be loaded: ${why}. Reload the page to try again.`),
  );
}

/** Counts the bytes of a response that somebody else reads too. */
async function count(response: Response, onProgress: (progress: LoadProgress) => void): Promise<void> {
  if (!response.body) return;
  let received = 0;
  let lastPost = 0;
  try {
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      received += value.byteLength;
      if (performance.now() - lastPost > 80) {
        lastPost = performance.now();
        onProgress({ received, total: ENGINE_BYTES });
      }
    }
  } catch {
    // Whoever compiles the response hears of it as well.
    return;
  }
  onProgress({ received, total: ENGINE_BYTES });
}
