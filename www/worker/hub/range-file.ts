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

/** Asks the hub without a word on who asks. */
export async function ask(url: string, signal: AbortSignal, headers = {}): Promise<Response> {
  try {
    return await fetch(url, { headers, signal, credentials: "omit", referrerPolicy: "no-referrer" });
  } catch (reason) {
    signal.throwIfAborted();
    throw unreachable(reason instanceof Error ? reason.message : String(reason));
  }
}

/** An answer of another kind than was asked for. A server that knows no ranges sends the whole file: it must not come. */
export async function unexpectedAnswer(response: Response, status: number): Promise<EngineError> {
  await response.body?.cancel();
  return unreachable(`it answered ${String(response.status)} instead of ${String(status)}`);
}

async function arrived(response: Response, signal: AbortSignal): Promise<ArrayBuffer> {
  try {
    return await response.arrayBuffer();
  } catch (reason) {
    signal.throwIfAborted();
    throw unreachable(reason instanceof Error ? reason.message : String(reason));
  }
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
      const response = await ask(url, signal, range);
      if (response.status !== 206) throw await unexpectedAnswer(response, 206);
      const bytes = await arrived(response, signal);
      received += bytes.byteLength;
      if (bytes.byteLength !== end - start) throw unreachable("a part of the file came incomplete");
      return bytes;
    },
  };
}
