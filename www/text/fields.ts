import type { LossKind } from "../state/settings";

/** Label and hint of each setting, by its key in the address. */
export const FIELDS: Record<string, { label: string; hint?: string }> = {
  dial: { label: "Background dial", hint: "share of training pictures whose background is tied to the class" },
  train: { label: "Training pictures" },
  test: { label: "Test pictures" },
  size: { label: "Side of a picture", hint: "pixels" },
  "scene-seed": { label: "Seed", hint: "same seed, same pictures" },
  side: { label: "Side of a picture", hint: "pixels; every picture is brought to this square" },
  "test-share": { label: "Kept for testing", hint: "share of each class, 0 to 1" },
  "per-class": { label: "Most of a class", hint: "0 is all; else at least 4, drawn by the seed" },
  "split-seed": { label: "Seed of the split", hint: "same seed, same split" },
  blocks: { label: "Blocks a stage", hint: "1 is ResNet-8, 3 is ResNet-20, 9 is ResNet-56" },
  width: { label: "Width", hint: "channels of the first stage, a multiple of 4; 16 is standard" },
  steps: { label: "Steps" },
  batch: { label: "Batch", hint: "pictures a step" },
  rate: { label: "Learning rate" },
  momentum: { label: "Momentum" },
  "weight-decay": { label: "Weight decay" },
  milestones: { label: "Rate falls at", hint: "shares of the run, rising, with commas between" },
  decay: { label: "Rate falls to", hint: "times its value, at each of these points" },
  crop: { label: "Random crop", hint: "pixels of padding; 0 is none" },
  flip: { label: "Random flip", hint: "left and right; off where it changes the class" },
  "report-every": { label: "Report every", hint: "steps" },
  "evaluate-every": { label: "Test every", hint: "steps" },
  seed: { label: "Seed", hint: "same seed, same run" },
  temperature: { label: "Temperature T", hint: "softens the answers of both networks before they are compared" },
  alpha: { label: "Labels' weight α", hint: "of the cross-entropy" },
  loss: { label: "Learnt from the Teacher" },
  beta: { label: "Teacher's weight β", hint: "of this loss" },
  reference: { label: "Reference pictures", hint: "n; at least 4, the same for maps and scores" },
  "reference-seed": { label: "Reference seed" },
  layer: { label: "Layer" },
  objective: { label: "Objective" },
  opacity: { label: "Opacity" },
  outline: { label: "Outline of the object" },
};

/** Label and hint for a key, also one of the Teacher's, which share those of the Student. */
export function fieldText(key: string): { label: string; hint?: string } {
  return FIELDS[key.replace(/^teacher-/, "")] ?? { label: key };
}

/** Names of the losses that the Student may learn by, by their kind. */
export const LOSS_NAMES: Record<LossKind, string> = {
  response: "softened answers, T²·KL",
  softenedError: "softened answers, T²·MSE",
  decoupled: "decoupled answers",
  attention: "attention maps",
  hint: "features of the middle layer",
  overhaul: "features before the ReLU",
  classAttention: "class attention maps",
};

/** Name of a loss as a report tells it: its kind, numbered where there are several of one. */
export function lossName(reported: string): string {
  const [kind = reported, number = ""] = reported.split(" ");
  const name = kind in LOSS_NAMES ? LOSS_NAMES[kind as LossKind] : kind;
  return number === "" ? name : `${name} (${number})`;
}

/** Names of layers, shallowest first. */
export const LAYER_NAMES = ["1 · fine", "2 · middle", "3 · deep"] as const;

/** Names and meanings of the objectives of a map. */
export const OBJECTIVES = {
  relevance: { name: "Relevance", text: "what makes these features follow the classes" },
  unique: { name: "Unique", text: "what makes these features differ from the other network's, whatever the class" },
} as const;
