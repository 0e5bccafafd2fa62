/** Accuracies at the end of a distillation, and what they were measured on. */
export interface Outcome {
  student: number;
  base: number | null;
  teacher: number | null;
  chance: number | null;
  /** test pictures */
  tests: number;
}

/** What was measured, e.g. "Student 61 %, Base 25 %, chance 17 %, Teacher 96 % (600 test pictures, one seed)." */
export function measured({ student, base, teacher, chance, tests }: Outcome): string {
  const parts: [string, number | null][] = [
    ["Student", student],
    ["Base", base],
    ["chance", chance],
    ["Teacher", teacher],
  ];
  const known = parts.flatMap(([name, value]) => (value === null ? [] : [`${name} ${wholePercent(value)}`]));
  return `${known.join(", ")} (${tests.toLocaleString("en-US")} test pictures, one seed).`;
}

/**
 * What the measurement says about the Teacher's guidance. A difference within two standard errors of these test
 * pictures is called undecided; a Student that is no better is called so plainly.
 */
export function verdict({ student, base, chance, tests }: Outcome): string {
  if (base === null) return "";
  const difference = student - base;
  const points = String(Math.abs(Math.round(100 * difference)));
  const error = Math.sqrt((student * (1 - student) + base * (1 - base)) / Math.max(1, tests));
  const isNearChance = chance !== null && Math.max(student, base) < chance + 2 * error;
  if (isNearChance) return "Neither has learned yet: both are near chance. Distil for more steps.";
  if (Math.abs(difference) <= 2 * error) {
    return `Student and Base are too close to tell apart on ${tests.toLocaleString("en-US")} pictures: no benefit of the Teacher is shown here.`;
  }
  if (difference > 0) {
    return `The Student is ${points} points better than its Base. Start, pictures and steps were the same, so in this run the difference is the Teacher's guidance.`;
  }
  return `The Student is ${points} points worse than its Base: in this run the Teacher's guidance did harm. Another rate, more steps or another weight of the Teacher may change that.`;
}

function wholePercent(share: number): string {
  return `${String(Math.round(100 * share))} %`;
}
