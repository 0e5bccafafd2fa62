import { listed, tell } from "./i18n";
import { percentText } from "./shares";

/** Accuracies at the end of a distillation, and what they were measured on. */
export interface Outcome {
  student: number;
  base: number | null;
  teacher: number | null;
  chance: number | null;
  /** test pictures */
  tests: number;
  /** both were trained beforehand and only shown */
  isShipped?: boolean;
}

/** Standard error of an accuracy at chance above which test pictures are too few to rank two networks. */
const TOO_COARSE = 0.1;

/** What was measured, e.g. "Student 61 %, Base 25 %, chance 17 %, Teacher 96 % (600 test pictures, one seed)." */
export function measured({ student, base, teacher, chance, tests }: Outcome): string {
  const parts: [string, number | null][] = [
    [tell("words.student"), student],
    [tell("words.base"), base],
    [tell("words.chance").toLowerCase(), chance],
    [tell("words.teacher"), teacher],
  ];
  const known = parts.flatMap(([name, value]) => (value === null ? [] : [`${name} ${percentText(value)}`]));
  return tell("page.distil.measured", { parts: listed(known), tests: count(tests) });
}

/**
 * What the measurement says about the Teacher's guidance. A difference within two standard errors of these test
 * pictures is called undecided; a Student that is no better is called so plainly. A handful of pictures ranks nobody,
 * and networks that were trained beforehand are not told to learn more.
 */
export function verdict({ student, base, chance, tests, isShipped = false }: Outcome): string {
  if (base === null) return "";
  if (chance !== null && Math.sqrt((chance * (1 - chance)) / Math.max(1, tests)) > TOO_COARSE) {
    return tell("page.distil.verdict.few", { tests: count(tests) });
  }
  const difference = student - base;
  const points = Math.abs(Math.round(100 * difference));
  const error = Math.sqrt((student * (1 - student) + base * (1 - base)) / Math.max(1, tests));
  const isNearChance = chance !== null && Math.max(student, base) < chance + 2 * error;
  const isWorse = difference < -2 * error;
  if (isShipped && (isNearChance || isWorse)) return tell("page.distil.verdict.shipped");
  if (isNearChance) return tell("page.distil.verdict.chance");
  if (Math.abs(difference) <= 2 * error) return tell("page.distil.verdict.close", { tests: count(tests) });
  return tell(`page.distil.verdict.${isWorse ? "worse" : "better"}`, { points });
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
