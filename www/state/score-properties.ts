import type { LabelEmbedding, Pixels } from "../protocol/contract";
import { type Codec, integer, number } from "./codecs";
import { field, kindChoice, kindField, part, type Property, section } from "./lens";
import { SEED } from "./training-properties";

/** Most numbers of label vectors of one's own: a hundred classes of 512 numbers. */
const MAX_NUMBERS = 51_200;

const scores = section("scores");
const [pixels, labels, uncertainty] = [part(scores, "pixels"), part(scores, "labels"), part(scores, "uncertainty")];

/** What is taken first when a kind of pixels is chosen. */
const PIXELS: Record<Pixels["kind"], Pixels> = { raw: { kind: "raw" }, imputed: { kind: "imputed", share: 0.5 } };

/** What is taken first when a kind of labels is chosen; vectors of one's own have to be given. */
const LABELS: Record<LabelEmbedding["kind"], LabelEmbedding> = {
  oneHot: { kind: "oneHot" },
  prototypes: { kind: "prototypes" },
  matrix: { kind: "matrix", rows: [] },
};

/**
 * A table of numbers: one row a class, all of one length, none at all before it is given. Rows are parted by semicolons
 * or lines, numbers by commas, semicolons being what is written, or by blanks, so that a table can be pasted.
 */
export const numberTable: Codec<number[][]> = {
  write: (rows) => rows.map((row) => row.join(",")).join(";"),
  read: (text) => {
    const lines = text.split(/[;\r\n]+/).filter((line) => line.trim() !== "");
    const rows = lines.map((line) => line.split(/[\s,]+/).flatMap((word) => (word === "" ? [] : [Number(word)])));
    const [width = 1] = rows.map(({ length }) => length);
    const isTable = width > 0 && rows.every((row) => row.length === width && row.every(Number.isFinite));
    return isTable && rows.length * width <= MAX_NUMBERS ? rows : undefined;
  },
  input: { type: "text", rules: "table" },
};

/** How scores are computed: the pixels that the networks see, what stands for a class, and how uncertainty is judged. */
export const SCORE_PROPERTIES: readonly Property[] = [
  kindChoice("pixels", pixels, "kind", PIXELS),
  kindField("imputed-share", pixels, "share", number(0.05, 0.95)),
  kindChoice("labels", labels, "kind", LABELS),
  kindField("label-rows", labels, "rows", numberTable),
  field("permutations", uncertainty, "permutations", integer(0, 10_000)),
  field("resamples", uncertainty, "bootstrap", integer(0, 10_000)),
  field("level", uncertainty, "level", number(0.8, 0.99)),
  field("uncertainty-seed", uncertainty, "seed", SEED),
];
