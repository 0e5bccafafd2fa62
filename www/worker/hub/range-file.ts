import type { AsyncBuffer } from "hyparquet";

import { EngineError, failure, PAGE_CODES } from "../../protocol/failure";

/** Most bytes asked for at once; a row group of an image data set has far fewer. */
const MAX_RANGE_BYTES = 64 * 1024 * 1024;

/** A file behind HTTP of which only the ranges that are asked for travel. */
export interface RangeFile extends AsyncBuffer {
  /** Bytes that have come so far. */
  received: () => number;
}

/** A hub that cannot be reached, or does not answer as it should. */
export function unreachable(what: string): EngineError {
  const advice = "Look at the connection and the name of the data set, or pick files from this device.";
  return new EngineError(failure(PAGE_CODES.hubUnreachable, `The hub cannot be read: ${what}. ${advice}`));
}

/** Asks the hub without a word on who asks; an answer other than `status` is a failure. */
export async function ask(url: string, status: number, signal: AbortSignal, headers = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { headers, signal, credentials: "omit", referrerPolicy: "no-referrer" });
  } catch (reason) {
    signal.throwIfAborted();
    throw unreachable(reason instanceof Error ? reason.message : String(reason));
  }
  if (response.status === status) return response;
  // A server that knows no ranges sends the whole file: it must not come.
  await response.body?.cancel();
  throw unreachable(`it answered ${String(response.status)} instead of ${String(status)}`);
}

/** Opens a file of known length, without a request. */
export function rangeFile(url: string, byteLength: number, signal: AbortSignal): RangeFile {
  let received = 0;
  return {
    byteLength,
    received: () => received,
    async slice(start, end = byteLength) {
      if (end - start > MAX_RANGE_BYTES) throw unreachable(`a part of the file has ${String(end - start)} bytes`);
      const range = { Range: `bytes=${String(start)}-${String(end - 1)}` };
      const response = await ask(url, 206, signal, range);
      const bytes = await response.arrayBuffer();
      received += bytes.byteLength;
      if (bytes.byteLength !== end - start) throw unreachable("a part of the file came incomplete");
      return bytes;
    },
  };
}
