import type { Loss, LossTerm } from "../protocol/contract";
import { integer, number } from "./codecs";
import { kindField, lens, part, type Place, type Property, section } from "./lens";

/** Each loss with the settings and the weight that its field usually gives it, in the order of a config. */
export const USUAL_TERMS: readonly LossTerm[] = [
  { weight: 0.9, loss: { kind: "response", temperature: 4 } },
  { weight: 0.3, loss: { kind: "softenedError", temperature: 20 } },
  { weight: 1000, loss: { kind: "attention" } },
  { weight: 100, loss: { kind: "hint", layer: 2 } },
  { weight: 0.001, loss: { kind: "overhaul" } },
  { weight: 400, loss: { kind: "classAttention", resolution: 2 } },
  { weight: 1, loss: { kind: "decoupled", alpha: 1, beta: 8, temperature: 4 } },
];

type Kind = Loss["kind"];

const terms = part(section("distillation"), "terms");

/** The losses between Student and Teacher: a weight each, 0 for none, and what belongs to those that count. */
export const LOSS_PROPERTIES: readonly Property[] = [
  weight("beta", "response"),
  kindField("temperature", lossPlace("response"), "temperature", number(0.1, 100)),
  weight("softened-error", "softenedError"),
  kindField("softened-error-temperature", lossPlace("softenedError"), "temperature", number(0.1, 100)),
  weight("attention", "attention"),
  weight("hint", "hint"),
  kindField("hint-layer", lossPlace("hint"), "layer", integer(1, 5)),
  weight("overhaul", "overhaul"),
  weight("class-attention", "classAttention"),
  kindField("class-attention-resolution", lossPlace("classAttention"), "resolution", integer(1, 64)),
  weight("decoupled", "decoupled"),
  kindField("decoupled-alpha", lossPlace("decoupled"), "alpha", number(0, 100)),
  kindField("decoupled-beta", lossPlace("decoupled"), "beta", number(0, 100)),
  kindField("decoupled-temperature", lossPlace("decoupled"), "temperature", number(0.1, 100)),
];

/** The weight of a loss; 0 takes it out of the sum, anything else puts it in with its usual settings. */
function weight(key: string, kind: Kind): Property {
  return lens(key, number(0, 10_000), {
    get: (settings) => terms.get(settings).find(({ loss }) => loss.kind === kind)?.weight ?? 0,
    set: (settings, value = 0) => {
      const former = terms.get(settings);
      const kept = USUAL_TERMS.flatMap((usual): LossTerm[] => {
        const own = former.find(({ loss }) => loss.kind === usual.loss.kind);
        if (usual.loss.kind !== kind) return own ? [own] : [];
        return value > 0 ? [{ ...(own ?? usual), weight: value }] : [];
      });
      return terms.set(settings, kept);
    },
  });
}

/** The settings of a loss while it is part of the sum. */
function lossPlace<K extends Kind>(kind: K): Place<Extract<Loss, { kind: K }> | undefined> {
  return {
    get: (settings) => {
      const found = terms.get(settings).find(({ loss }) => loss.kind === kind);
      return found?.loss as Extract<Loss, { kind: K }> | undefined;
    },
    set: (settings, loss) =>
      terms.set(
        settings,
        terms.get(settings).map((term) => (loss && term.loss.kind === kind ? { ...term, loss } : term)),
      ),
  };
}
