import { transfer } from "comlink";

import type { Session } from "../../pkg/unicam.js";
import type {
  ExplainConfig,
  FaithfulnessConfig,
  FaithfulnessReport,
  MatricesConfig,
  Picture,
} from "../protocol/contract";
import { EngineError, failure, type Outcome, PAGE_CODES } from "../protocol/failure";
import { MAX_WEIGHT_BYTES } from "../protocol/limits";
import type { ExplanationData, JobProgress, MatricesData, PictureRequest } from "../protocol/messages";
import { nextMacrotask } from "./macrotask";
import { failureOf } from "./out-of-memory";
import { ProgressTeller } from "./progress";
import type { JobControl } from "./queue";

/** Runs work and gives its result or its failure as data; lists the buffers that may be moved instead of copied. */
export async function outcome<T>(
  work: () => Promise<T>,
  buffers: (value: T) => ArrayBufferLike[] = () => [],
): Promise<Outcome<T>> {
  try {
    const value = await work();
    return transfer({ ok: true, value } as const, buffers(value) as ArrayBuffer[]);
  } catch (reason) {
    return { ok: false, failure: failureOf(reason) };
  }
}

/** A document as a file of JSON: written here, since a long one would hold up the page. */
export function asFile(document: object): Blob {
  return new Blob([JSON.stringify(document, null, 2)], { type: "application/json" });
}

/** Fetches pictures one by one. */
export function collectPictures(session: Session, { split, indices }: PictureRequest): Picture[] {
  return indices.map((index) => session.picture(split, index));
}

/** The buffers behind pictures. */
export function pictureBuffers(pictures: Picture[]): ArrayBufferLike[] {
  return pictures.flatMap(({ rgba, mask }) => (mask ? [rgba.buffer, mask.buffer] : [rgba.buffer]));
}

/** Computes maps, reads them out, and frees the engine's copy of them. */
export async function explain(session: Session, config: ExplainConfig): Promise<ExplanationData> {
  const explanation = await session.explain(config);
  try {
    const report = explanation.report();
    const indices = report.images.map((image) => image.index);
    const [scaled, shared, signed] = [explanation.scaled(), explanation.sharedScale(), explanation.signed()];
    const [difference, cells] = [explanation.distilledLessResidual(), explanation.cells()];
    const pictures = collectPictures(session, { split: "test", indices });
    return { report, scaled, shared, signed, difference, cells, pictures };
  } finally {
    explanation.free();
  }
}

/** The buffers behind an explanation. */
export function explanationBuffers(data: ExplanationData): ArrayBufferLike[] {
  const { scaled, shared, signed, difference, cells, pictures } = data;
  return [scaled, shared, signed, difference, cells].map(({ buffer }) => buffer).concat(pictureBuffers(pictures));
}

/** Computes the matrices of a layer, reads them out, and frees the engine's copy of them. */
export async function matrices(session: Session, config: MatricesConfig): Promise<MatricesData> {
  const found = await session.matrices(config);
  try {
    const report = found.report();
    const pictures = collectPictures(session, { split: "test", indices: report.images });
    return { report, values: found.values(), added: found.added(), pictures };
  } finally {
    found.free();
  }
}

/** Tests one kind of map after the other; what every kind has in common is said by the last. */
export async function faithfulness(
  session: Pick<Session, "faithfulness">,
  config: FaithfulnessConfig,
  control: JobControl,
  post: (progress: JobProgress) => Promise<void> | void,
): Promise<FaithfulnessReport> {
  const teller = new ProgressTeller(post);
  const parts: FaithfulnessReport[] = [];
  for (const [done, map] of config.maps.entries()) {
    await teller.tell(map, done, config.maps.length);
    await control.checkpoint();
    parts.push(await session.faithfulness({ ...config, maps: [map] }));
    await nextMacrotask();
  }
  const [first] = parts;
  return first ? { ...first, maps: parts.flatMap(({ maps }) => maps) } : session.faithfulness(config);
}

/** Reads a weight file, unless its size alone forbids that, and hands its bytes on. */
export async function withWeights<T>(file: File, load: (bytes: Uint8Array) => Promise<T> | T): Promise<T> {
  if (file.size > MAX_WEIGHT_BYTES) {
    const sentence = `The weight file has ${String(Math.round(file.size / 2 ** 20))} MB, over the limit of 512 MB. Give the weights alone, without optimiser state.`;
    throw new EngineError(failure(PAGE_CODES.fileTooLarge, sentence));
  }
  return load(new Uint8Array(await file.arrayBuffer()));
}
