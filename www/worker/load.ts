import init, { Session } from "../../pkg/unicam.js";
import { EngineError, failure, PAGE_CODES } from "../protocol/failure";
import type { LoadProgress } from "../protocol/messages";

const MODULE = new URL("../../pkg/unicam_bg.wasm", import.meta.url);

/** Fetches and starts the engine's module, telling how many bytes have arrived. */
export async function loadEngine(onProgress: (progress: LoadProgress) => void): Promise<typeof Session> {
  const response = await fetchModule();
  try {
    await init({ module_or_path: counted(response, onProgress) });
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

/** The same response, its bytes counted on their way to the compiler. */
function counted(response: Response, onProgress: (progress: LoadProgress) => void): Response {
  if (!response.body) return response;
  const length = response.headers.get("Content-Encoding") ? null : Number(response.headers.get("Content-Length"));
  const total = length !== null && length > 0 ? length : null;
  let received = 0;
  let lastPost = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      received += chunk.byteLength;
      if (performance.now() - lastPost > 80) {
        lastPost = performance.now();
        onProgress({ received, total });
      }
      controller.enqueue(chunk);
    },
    flush() {
      onProgress({ received, total });
    },
  });
  return new Response(response.body.pipeThrough(counter), { headers: { "Content-Type": "application/wasm" } });
}
