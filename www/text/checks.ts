import type { SanityCheckName } from "../protocol/contract";

/** The two tests that maps are put to. */
export const CHECKS = {
  waiting: "The maps can be put to the test as soon as a Student has been distilled.",
  faithfulness: {
    title: "Faithfulness",
    text: "Pixels are taken away, the most relevant first or the least relevant first, and filled from their neighbours (ROAD). A faithful map makes its network unsure quickly in the first order and slowly in the second: their gap is the number to look at, and maps of noise have none.",
    run: "Test the maps' faithfulness",
    running: "Taking pixels away:",
  },
  sanity: {
    title: "Sanity",
    text: "Maps and scores have to fall apart when the weights are random or the labels shuffled. Where they do not, the maps of this layer say nothing about these networks.",
    run: "Run the sanity checks",
    running: "Checking with random weights and shuffled labels …",
  },
  passed: "passed",
  failed: "not passed",
  none: "no number",
} as const;

/** What each sanity check asks. */
export const SANITY_CHECKS: Record<SanityCheckName, string> = {
  randomStudentMap: "The distilled maps of a Student with random weights differ (mean rank correlation)",
  shuffledLabelsScore: "Shuffled labels have nothing to do with the features (size of the mean RS)",
  shuffledLabelsMap: "Under shuffled labels the distilled maps change (mean rank correlation)",
  selfGivenSelf: "The Student given itself has no evidence (largest value)",
  randomTeacherScore: "A Teacher with random weights is less like the Student (fall of FSS)",
};
