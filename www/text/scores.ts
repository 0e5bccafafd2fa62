import type { LabelEmbedding, Pixels, ScoreReport, UncertaintyConfig } from "../protocol/contract";

/** One-paragraph explanations of the scores, in the order of the page. */
export const SCORE_TEXT: readonly { term: string; text: string }[] = [
  {
    term: "FSS, feature similarity",
    text: "Do two networks find the same pictures alike? 1 means that they arrange the reference pictures in the same way. The paper's convention drifts towards 1 by itself when features outnumber pictures, as they do here; the bias-corrected value R* does not, so judge by that one.",
  },
  {
    term: "RS, relevance",
    text: "Do features follow the classes? R* between the arrangement of the pictures by a network and the arrangement by their labels: 0 is chance, 1 is perfect, below 0 is no relation. For distilled and residual features the other network's arrangement is removed first.",
  },
  {
    term: "Semi-partial and partial",
    text: "Semi-partial, the paper's, removes the other network from the features alone. Partial removes it from the labels too, and is never the smaller one in size. Both answer how much of the relevance is not shared with the other network.",
  },
  {
    term: "How far to trust them",
    text: "The interval says how far a score may move with other pictures; p how often pictures in shuffled order reach it. Where chance covers a score there is no verdict. All of it is about these networks: another training gives others, and no interval here knows of that.",
  },
];

/** What each choice of pixels and labels means. */
export const SCORE_SETTINGS: {
  pixels: Record<Pixels["kind"], string>;
  labels: Record<LabelEmbedding["kind"], string>;
} = {
  pixels: {
    raw: "The networks see the reference pictures as they are.",
    imputed:
      "The paper's way: each network sees every picture with the less relevant pixels of its own map filled from their neighbours, layer by layer.",
  },
  labels: {
    oneHot: "All classes are equally far from each other.",
    prototypes:
      "A class is the Teacher's mean over its training pictures, so classes that the Teacher takes for alike are near each other.",
    matrix: "A class is the vector that you give for it, of a text or image model for example.",
  },
};

/** Vectors of one's own for the classes. */
export const LABEL_ROWS = {
  label: "Vectors of the classes",
  placeholder: "one row a class, in the order of the classes above: 0.1, 0.7, …",
  rules: "One row of numbers a class, all rows of one length, at most 51,200 numbers in all.",
  told: (rows: number, width: number): string =>
    rows === 0
      ? "None yet: scores are computed when there is a row for each class."
      : `${String(rows)} × ${String(width)} numbers`,
  pick: "From a file",
  formats: "CSV or plain text: numbers with commas or blanks between them, one class a line.",
} as const;

/** What scores were computed from, where it is not the usual. */
export function scoredFrom({ pixels, labels }: ScoreReport): string {
  const seen =
    pixels.kind === "imputed"
      ? `${String(Math.round(100 * pixels.share))} % of the pixels imputed by ROAD`
      : "raw pixels";
  const classes = {
    oneHot: "one-hot labels",
    prototypes: "the Teacher's class means as labels",
    matrix: "your own vectors as labels",
  };
  return `From ${seen}, ${classes[labels]}.`;
}

/** After a cancel. */
export const SCORES_RUN = "Compute the scores";

/** While they are computed. */
export const SCORES_RUNNING = "Computing scores:";

/** How sure the scores are. */
export const EVIDENCE = {
  caption: ({ permutations = 0, bootstrap = 0, level = 0.95 }: UncertaintyConfig): string =>
    `Under each score: the interval at ${String(Math.round(100 * level))} % over ${String(bootstrap)} resamples of the pictures, and p against ${String(permutations)} permutations of them.`,
  verdicts: {
    higher: { mark: "▲", text: "above chance" },
    lower: { mark: "▼", text: "below chance" },
    withheld: { mark: "", text: "no verdict" },
  },
  warnings: {
    dimensionExceedsImages: (layers: string): string =>
      `At ${layers} the features have more numbers than there are pictures: there the paper's convention of FSS drifts to 1 by itself. Judge by the bias-corrected one.`,
    labelsAllAlike: (layers: string): string =>
      `At ${layers} all labels are equally far apart, so nothing can be relevant and RS is 0. Take more reference pictures.`,
    tooFewForInterval: (layers: string): string =>
      `At ${layers} there are too few pictures for an interval: eight are needed.`,
  },
} as const;

/** Columns of the table. */
export const SCORE_COLUMNS = {
  fssStudent: "Student to Teacher",
  fssBase: "Base to Teacher",
  rsTeacher: "Teacher",
  rsStudent: "Student",
  rsBase: "Base",
  distilled: "Distilled S | B",
  residual: "Residual B | S",
} as const;

/** Before there are any. */
export const SCORES_WAITING = "Scores appear here as soon as a Student has been distilled.";
