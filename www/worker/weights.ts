import type { Session } from "../../pkg/unicam.js";
import { EngineError, failure, PAGE_CODES } from "../protocol/failure";
import { keep } from "./keep";
import type { Supply } from "./supply";

/** Fetches a file of shipped weights. */
export async function fetchWeights(file: string): Promise<Uint8Array> {
  const files = import.meta.webpackContext("../../src/models/shipped", { regExp: /\.safetensors$/ });
  const url = new URL(files(`./${file}`), self.location.href);
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the server answered ${String(response.status)}`);
    void keep(url, response.clone());
    return new Uint8Array(await response.arrayBuffer());
  } catch (reason) {
    const why = reason instanceof Error ? reason.message : String(reason);
    const sentence = `The shipped weights "${file}" could not be loaded: ${why}. Try again once there is a network, or train a Teacher here.`;
    throw new EngineError(failure(PAGE_CODES.weightsNotLoaded, sentence));
  }
}

/** Hands over what the engine has not got yet of the networks that are shipped for its data. */
export async function handOverWeights(
  session: Pick<Session, "missingWeights" | "takeWeights">,
  fetched: Supply["weights"],
): Promise<void> {
  const files = session.missingWeights();
  const all = await Promise.all(files.map(async (file) => [file, await fetched(file)] as const));
  for (const [file, bytes] of all) session.takeWeights(file, bytes);
}
