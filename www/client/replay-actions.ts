import { isArchive } from "../protocol/limits";
import type { NamedFile } from "../protocol/messages";
import type { Context } from "./context";
import { fetchPart } from "./parts";

/** Name of the file that every bundle has. */
const MANIFEST = "bundle.json";
/** Bytes at either end of a zip in which its first names, or its directory, stand. */
const LOOKED_AT = 1 << 18;

/** A reviewer's bundle: read, given its pictures, computed again. */
export interface ReplayActions {
  openBundle(file: File): Promise<boolean>;
  /** The files that its pictures were collected from. */
  giveBundlePictures(files: NamedFile[]): Promise<boolean>;
  /** Computes it again; with `networksOnly` nothing is trained. */
  replay(networksOnly: boolean): Promise<boolean>;
  cancelReplay(): void;
  closeBundle(): void;
}

/** Makes the replay actions; the program behind them is fetched when it is wanted first. */
export function replayActions(context: Context): ReplayActions {
  let made: ReplayActions | null = null;

  async function fetched(): Promise<ReplayActions | null> {
    const part = await fetchPart(context.store, () => import(/* webpackChunkName: "replaying" */ "./replaying"));
    return (made ??= part && part.replaying(context));
  }

  return {
    openBundle: async (file) => (await fetched())?.openBundle(file) ?? false,
    giveBundlePictures: async (files) => (await fetched())?.giveBundlePictures(files) ?? false,
    replay: async (networksOnly) => (await fetched())?.replay(networksOnly) ?? false,
    cancelReplay: () => made?.cancelReplay(),
    closeBundle: () => made?.closeBundle(),
  };
}

/** Whether a file is a bundle and no archive of pictures, as far as its two ends tell. */
export async function isBundle(file: File): Promise<boolean> {
  if (!isArchive(file.name)) return false;
  const [head, tail] = [file.slice(0, LOOKED_AT), file.slice(Math.max(0, file.size - LOOKED_AT))];
  try {
    const texts = await Promise.all([head, tail].map(async (part) => decode(await part.arrayBuffer())));
    return texts[0]?.startsWith("PK") === true && texts.some((text) => text.includes(MANIFEST));
  } catch {
    return false; // a file that cannot be read is told as one of the pictures
  }
}

function decode(bytes: ArrayBuffer): string {
  return new TextDecoder("latin1").decode(bytes);
}
