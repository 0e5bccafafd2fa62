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
    text: "All scores come from n reference pictures and one run. Another seed gives other numbers; a difference smaller than that spread means nothing. The paper's claims need not hold at every layer, and the table shows where they do not.",
  },
];

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
