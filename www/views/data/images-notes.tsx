import type { JSX } from "preact";

import type { ImagesReport } from "../../protocol/contract";

/** Most times that the largest class may be as large as the smallest before a word is said about it. */
const NOTABLE_IMBALANCE = 1.5;

/** What is worth knowing of the collected pictures before a number that comes of them is believed. */
export function ImagesNotes({ images }: { images: ImagesReport }): JSX.Element {
  return (
    <ul class="fine" data-testid="images-notes">
      {notes(images).map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}

/** The notes as sentences; those on what did not happen are left out. */
export function notes(images: ImagesReport): string[] {
  const { splitGiven, imbalance, overLimit, copies, copiesAcross, contradictions, untaught } = images;
  const split = splitGiven
    ? "The folders say which pictures are for training and which for testing."
    : "The seed draws which pictures are kept for testing.";
  const all = [
    split,
    imbalance >= NOTABLE_IMBALANCE &&
      `The largest class has ${imbalance.toFixed(1)} times as many training pictures as the smallest: accuracy alone says little.`,
    overLimit > 0 && `${count(overLimit)} left out by the limit of each class.`,
    copies > 0 &&
      `${count(copies)} the same as another of the class${splitGiven ? "." : "; they stay together on one side of the split."}`,
    copiesAcross > 0 && `${count(copiesAcross)} for testing and, as a copy, for training: test accuracy flatters.`,
    contradictions > 0 && `${count(contradictions)} in two classes at once.`,
    untaught.length > 0 && `Left out, since there is nothing to learn them from: ${untaught.join(", ")}.`,
  ];
  return all.filter((note) => note !== false);
}

function count(pictures: number): string {
  return pictures === 1 ? "1 picture is" : `${String(pictures)} pictures are`;
}
