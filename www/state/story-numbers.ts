import type { LayerScores, MeanShare, Verdict } from "../protocol/contract";
import type { AppState } from "./model";
import { chanceLevel } from "./select";

/** The numbers of the run on the page, as far as they are there. */
export interface StoryNumbers {
  accuracy: {
    teacher: number | null;
    student: number;
    base: number | null;
    /** the Student's less the Base's */
    gain: number | null;
    chance: number | null;
    steps: number;
  } | null;
  scores: { layer: string; n: number; of: LayerScores } | null;
  inside: { distilled: MeanShare; residual: MeanShare; object: MeanShare } | null;
}

/** What the story can say of the run that is on the page. */
export function storyNumbers(state: AppState): StoryNumbers {
  const { run, scores, maps } = state;
  if (run.phase !== "finished") return { accuracy: null, scores: null, inside: null };
  const { teacher, student, base, gain, steps } = run.result;
  const scored = scores.phase === "ready" ? scores.value : null;
  const deepest = scored?.layers.at(-1);
  const shown = maps.phase === "ready" ? maps.value.report : null;
  const shareOf = (kind: "distilled" | "residual"): MeanShare | null =>
    shown?.pointing?.maps[shown.maps.indexOf(kind)] ?? null;
  const [distilled, residual] = [shareOf("distilled"), shareOf("residual")];
  return {
    accuracy: { teacher, student, base, gain, chance: chanceLevel(state), steps },
    scores: scored && deepest && "ok" in deepest ? { layer: deepest.ok.layer, n: scored.n, of: deepest.ok } : null,
    inside: shown?.pointing && distilled && residual ? { distilled, residual, object: shown.pointing.object } : null,
  };
}

/** Whether a difference of scores may be called one. */
export function verdictOf(scores: LayerScores, which: "fssStudentOverBase" | "rsDistilledOverResidual"): Verdict {
  return scores.evidence[which].verdict;
}
