import { type AsyncBuffer, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";

import { EngineError, failure, PAGE_CODES } from "../../protocol/failure";
import { checkedPages } from "./parquet-pages";

/** Bytes at the end of a file that come first: most footers fit, and one that is longer takes a second request. */
const FOOTER_BYTES = 64 * 1024;

/** A picture of a data set on the hub. */
export interface HubImage {
  className: string;
  /** row in its file, from 0 */
  row: number;
  /** the picture as a file: PNG or JPEG */
  bytes: Uint8Array;
}

/** What the columns of an image data set are called, and the names of its classes in the order of their labels. */
interface Columns {
  image: string;
  label: string;
  classNames: string[];
  /** whether a number is a place among the names, as the hub's library has it; else it is a name itself */
  isIndexed: boolean;
}

/** Names of columns that other writers than the hub's library give to pictures and labels. */
const IMAGES = ["image", "img", "picture", "photo", "bytes", "image_bytes", "data"];
const LABELS = ["label", "labels", "class", "class_name", "target", "category", "fine_label", "y"];

/** What is wanted of a file. */
export interface Limits {
  /** names of classes; none is all */
  classes: readonly string[];
  /** most pictures of each class; 0 is no limit */
  perClass: number;
  /** most pictures of the file; 0 is no limit */
  total: number;
}

/** A Parquet file of labelled pictures, of which only the footer has come. */
export interface HubImages {
  /** As many pictures as there will be at most. Fails with `hub-unknown-class` if a wanted class is none of its own. */
  expected(limits: Limits): number;
  read(limits: Limits): AsyncGenerator<HubImage>;
}

/**
 * Opens a Parquet file of labelled pictures. Where no library of the hub's wrote it, its columns may be guessed.
 *
 * Fails with `hub-unreadable` if the file is no such file, as the hub's own library writes it.
 */
export function openImages(file: AsyncBuffer, mayGuess = false): Promise<HubImages> {
  return unreadableOnFailure(opened(file, mayGuess));
}

async function opened(given: AsyncBuffer, mayGuess: boolean): Promise<HubImages> {
  const metadata = await parquetMetadataAsync(given, { initialFetchSize: FOOTER_BYTES });
  const file = checkedPages(given, metadata);
  const columns = columnsOf(metadata) ?? (mayGuess ? await guessedColumns(file, metadata) : null);
  if (!columns) throw unreadable("it holds no labelled pictures");
  const rows = metadata.row_groups.reduce((sum, { num_rows }) => sum + Number(num_rows), 0);
  return {
    expected: (limits) => {
      const classes = wantedClasses(columns.classNames, limits.classes).filter(Boolean).length;
      const ofClasses = limits.perClass === 0 ? rows : limits.perClass * classes;
      return Math.min(rows, ofClasses, limits.total || rows);
    },
    read: (limits) => imagesOf(file, metadata, columns, limits),
  };
}

/**
 * The pictures of a file, row group by row group, within the limits; a limit on the whole is spread over the classes.
 *
 * Row groups come in an order that soon meets every part of the file, since many files are sorted by class. Only the
 * columns of picture and label travel, and neither of a group whose labels, as the footer says, are all of classes that
 * nobody waits for. Between two groups nothing is asked for until the next picture is pulled.
 */
async function* imagesOf(
  file: AsyncBuffer,
  metadata: FileMetaData,
  { image, label, classNames, isIndexed }: Columns,
  { classes, perClass, total }: Limits,
): AsyncGenerator<HubImage> {
  const isWanted = wantedClasses(classNames, classes);
  const most = Math.min(perClass || Infinity, total ? Math.ceil(total / isWanted.filter(Boolean).length) : Infinity);
  const wanted = isWanted.map((isOne) => (isOne ? most : 0));
  let remaining = total || Infinity;
  const ends: number[] = [];
  for (const { num_rows } of metadata.row_groups) ends.push((ends.at(-1) ?? 0) + Number(num_rows));
  for (const group of scattered(ends.length)) {
    const [rowStart, rowEnd] = [ends[group - 1] ?? 0, ends[group] ?? 0];
    const range = { file, metadata, rowStart, rowEnd, compressors };
    if (isIndexed && !mayHold(metadata, group, label, wanted)) continue;
    // The labels first, which are small: a group without a wanted class is not worth its pictures.
    const labels = (await unreadableOnFailure(parquetReadObjects({ ...range, columns: [label] }))).map((row) =>
      indexOf(row[label], classNames, isIndexed),
    );
    if (!labels.some((index) => (wanted[index] ?? 0) > 0)) continue;
    const rows = await unreadableOnFailure(parquetReadObjects({ ...range, columns: [image], utf8: false }));
    for (const [offset, row] of rows.entries()) {
      const index = labels[offset] ?? -1;
      const left = wanted[index] ?? 0;
      const value: unknown = row[image];
      const bytes: unknown = value instanceof Uint8Array ? value : (value as { bytes?: unknown } | null)?.bytes;
      if (left <= 0 || !(bytes instanceof Uint8Array)) continue;
      wanted[index] = left - 1;
      yield { className: classNames[index] ?? String(index), row: rowStart + offset, bytes };
      remaining--;
      if (remaining === 0 || wanted.every((left) => left === 0)) return;
    }
  }
}

/** For each class whether it is among the wanted ones, all of which have to be there. */
function wantedClasses(classNames: readonly string[], wanted: readonly string[]): boolean[] {
  const [own, letters] = [classNames.map(lettersOf), wanted.map(lettersOf)];
  const missing = wanted.filter((_, place) => !own.includes(letters[place] ?? ""));
  if (missing.length === 0) return own.map((name) => wanted.length === 0 || letters.includes(name));
  const sentence = `The data set has no class "${missing.join('", "')}". It has: ${classNames.join("; ")}.`;
  throw new EngineError(failure(PAGE_CODES.hubUnknownClass, sentence));
}

/** Letters and digits of a name in lower case: all that tells classes apart. */
function lettersOf(name: string): string {
  return name
    .normalize("NFC")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** Whether a row group may hold a class of which pictures are missing, as far as the footer's statistics tell. */
function mayHold(metadata: FileMetaData, group: number, label: string, wanted: readonly number[]): boolean {
  const column = metadata.row_groups[group]?.columns.find(
    ({ meta_data }) => meta_data?.path_in_schema.join(".") === label,
  );
  const { min_value: least, max_value: most } = column?.meta_data?.statistics ?? {};
  const isNumber = (value: unknown): value is number | bigint => typeof value === "number" || typeof value === "bigint";
  if (!isNumber(least) || !isNumber(most)) return true;
  return wanted.some((left, index) => left > 0 && index >= least && index <= most);
}

/** `0..count` in an order whose every beginning is spread over the whole: by halves, quarters and so on. */
export function scattered(count: number): number[] {
  const bits = Math.ceil(Math.log2(Math.max(1, count)));
  const mirrored = (index: number): number => {
    let result = 0;
    for (let bit = 0; bit < bits; bit++) result = result * 2 + (Math.floor(index / 2 ** bit) % 2);
    return result;
  };
  return Array.from({ length: 2 ** bits }, (_, index) => mirrored(index)).filter((index) => index < count);
}

/** A label as an index, -1 where there is none; what is no index is looked up by its name. */
function indexOf(label: unknown, classNames: string[], isIndexed: boolean): number {
  if (label === null || label === undefined) return -1;
  const isNumber = typeof label === "number" || typeof label === "bigint";
  return isIndexed && isNumber ? Number(label) : classNames.indexOf(String(label));
}

/**
 * The columns of a file that another writer made: by their usual names, a picture as bytes or as a structure of them. The
 * classes are the labels that occur, numbers by their size and texts by their letters.
 */
async function guessedColumns(file: AsyncBuffer, metadata: FileMetaData): Promise<Columns> {
  const [, ...schema] = metadata.schema;
  const found = (names: string[]): string | undefined =>
    names.find((name) => schema.some((element) => element.name.toLowerCase() === name));
  const exact = (name: string): string => schema.find((element) => element.name.toLowerCase() === name)?.name ?? name;
  const [image, label] = [found(IMAGES), found(LABELS)];
  if (image === undefined || label === undefined) throw unreadable("it has no columns of pictures and of labels");
  const names = { image: exact(image), label: exact(label) };
  const rows = await parquetReadObjects({ file, metadata, compressors, columns: [names.label] });
  const known = rows.map((row): unknown => row[names.label]).filter((value) => value !== null && value !== undefined);
  const labels = [...new Set(known.map(String))];
  const areNumbers = labels.every((value) => Number.isInteger(Number(value)));
  labels.sort((a, b) => (areNumbers ? Number(a) - Number(b) : a < b ? -1 : 1));
  if (labels.length < 1) throw unreadable("it holds no rows");
  return { ...names, classNames: labels, isIndexed: false };
}

/** The columns by what the hub's library writes beside the schema, if it did: an Image and a ClassLabel. */
function columnsOf(metadata: FileMetaData): Columns | null {
  const written = metadata.key_value_metadata?.find(({ key }) => key === "huggingface")?.value ?? "{}";
  let features: Record<string, { _type?: unknown; names?: unknown }>;
  try {
    const info = JSON.parse(written) as { info?: { features?: typeof features } };
    features = info.info?.features ?? {};
  } catch {
    throw unreadable("what it says of its columns is damaged");
  }
  const named = (kind: string): string | undefined =>
    Object.entries(features).find(([, feature]) => feature._type === kind)?.[0];
  const [image, label] = [named("Image"), named("ClassLabel")];
  if (image === undefined || label === undefined) return null;
  const names = features[label]?.names;
  if (!Array.isArray(names) || names.length < 2) throw unreadable("it names fewer than two classes");
  return { image, label, classNames: names.map(String), isIndexed: true };
}

function unreadable(what: string): EngineError {
  const advice = "Choose a data set of labelled pictures.";
  return new EngineError(failure(PAGE_CODES.hubUnreadable, `The data set cannot be used: ${what}. ${advice}`));
}

/** The reader's own errors as ours; failures on the way and cancelled requests stay what they are. */
async function unreadableOnFailure<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (reason) {
    const isOurs = reason instanceof EngineError || (reason instanceof Error && reason.name === "AbortError");
    throw isOurs ? reason : unreadable(reason instanceof Error ? reason.message : String(reason));
  }
}
