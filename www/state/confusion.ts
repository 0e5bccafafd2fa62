import type { Answers, ExplainedImage } from "../protocol/contract";

/** The networks in the order in which they are shown. */
export const NETWORKS = ["teacher", "student", "base"] as const;

/** One of them. */
export type Network = (typeof NETWORKS)[number];

/** A cell of a confusion matrix: pictures of one class that a network names so. */
export interface ConfusionCell {
  network: Network;
  label: number;
  answer: number;
}

/** Whether a picture of the reference batch belongs to a cell. */
export function isInCell(image: ExplainedImage, { network, label, answer }: ConfusionCell): boolean {
  return image.label === label && image[network] === answer;
}

/** Indices of the test pictures of a cell. */
export function picturesOfCell(answers: Answers, { network, label, answer }: ConfusionCell): number[] {
  return answers.labels.flatMap((truth, index) =>
    truth === label && answers[network][index] === answer ? [index] : [],
  );
}
