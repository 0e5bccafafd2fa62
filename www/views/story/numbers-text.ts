import { percent, score } from "../../render/format";
import { type StoryNumbers, verdictOf } from "../../state/story-numbers";
import { layerText } from "../../text/fields";
import { tell } from "../../text/i18n";
import { type StoryStep, verdictText } from "../../text/story";

/** What a step says of the run on the page; null as long as its numbers are not there. */
export function numbersText(step: StoryStep, { accuracy, scores, inside }: StoryNumbers): string | null {
  const share = (value: number | null): string => percent(value).text;
  const two = (value: number): string => score(value, 2).text;
  switch (step) {
    case "distillation": {
      if (!accuracy) return null;
      const { teacher, student, chance, steps } = accuracy;
      const told = { teacher: share(teacher), student: share(student), chance: share(chance), steps };
      return tell("story.steps.distillation.numbers", told);
    }
    case "networks": {
      if (!accuracy || accuracy.base === null || accuracy.gain === null) return null;
      const { student, base, gain } = accuracy;
      const told = { student: share(student), base: share(base), gain: score(100 * gain, 0).text };
      return tell("story.steps.networks.numbers", told);
    }
    case "distances": {
      if (!scores) return null;
      const { layer, n, of } = scores;
      const told = {
        layer: layerText(layer),
        n,
        fssStudent: two(of.fssStudent.corrected),
        fssBase: two(of.fssBase.corrected),
      };
      return tell("story.steps.distances.numbers", told);
    }
    case "removal": {
      if (!scores) return null;
      const { rsDistilled, rsResidual } = scores.of;
      const told = { rsDistilled: two(rsDistilled.semiPartial), rsResidual: two(rsResidual.semiPartial) };
      return tell("story.steps.removal.numbers", told);
    }
    case "maps": {
      if (!inside) return null;
      const { distilled, residual, object } = inside;
      const told = { distilled: share(distilled.mean), residual: share(residual.mean), object: share(object.mean) };
      return tell("story.steps.maps.numbers", told);
    }
    case "scores": {
      if (!scores) return null;
      const { evidence } = scores.of;
      return tell("story.steps.scores.numbers", {
        fssDifference: two(evidence.fssStudentOverBase.difference),
        fssVerdict: verdictText(verdictOf(scores.of, "fssStudentOverBase")),
        rsDifference: two(evidence.rsDistilledOverResidual.difference),
        rsVerdict: verdictText(verdictOf(scores.of, "rsDistilledOverResidual")),
      });
    }
  }
}
