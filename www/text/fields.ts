import type { ClassMethod, Loss } from "../protocol/contract";

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
  family: { label: "Network" },
  "resnet-depth": { label: "Depth" },
  "vgg-depth": { label: "Depth" },
  "batch-norm": { label: "Batch norm" },
  blocks: { label: "Blocks a stage", hint: "1 is ResNet-8, 3 is ResNet-20, 9 is ResNet-56" },
  width: { label: "Width", hint: "channels of the first stage, a multiple of 4; 16 is standard" },
  steps: { label: "Steps" },
  batch: { label: "Batch", hint: "pictures a step" },
  rate: { label: "Learning rate" },
  optimiser: { label: "Optimiser" },
  nesterov: { label: "Nesterov", hint: "the step looks ahead" },
  beta1: { label: "β₁", hint: "decay of the mean of gradients" },
  beta2: { label: "β₂", hint: "decay of the mean of their squares" },
  epsilon: { label: "ε", hint: "added to the root of that mean" },
  schedule: { label: "Schedule", hint: "how the rate changes over the run" },
  "warm-up": { label: "Warm-up", hint: "share of the run over which the rate rises" },
  floor: { label: "Rate ends at", hint: "share of the highest rate" },
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
  beta: { label: "Teacher's weight β", hint: "of T²·KL of the softened answers" },
  "softened-error": { label: "Softened error", hint: "weight of T²·MSE of the softened answers; 0 is off" },
  "softened-error-temperature": { label: "its temperature", hint: "20 is usual" },
  attention: { label: "Attention transfer", hint: "weight; 1000 is usual, 0 is off" },
  hint: { label: "FitNet hint", hint: "weight; 100 is usual, 0 is off" },
  "hint-layer": { label: "its layer", hint: "of the Student" },
  overhaul: { label: "Feature overhaul", hint: "weight; 0.001 is usual, 0 is off" },
  "class-attention": { label: "Class attention (CAT)", hint: "weight; 400 is usual, 0 is off" },
  "class-attention-resolution": { label: "its resolution", hint: "side of the pooled maps" },
  decoupled: { label: "Decoupled (DKD)", hint: "weight; 1 is usual, 0 is off" },
  "decoupled-alpha": { label: "its α", hint: "weight of the true class" },
  "decoupled-beta": { label: "its β", hint: "weight of the other classes" },
  "decoupled-temperature": { label: "its temperature", hint: "4 is usual" },
  assistants: {
    label: "Assistants",
    hint: "networks between Teacher and Student, the Teacher's own pupil first; none is usual",
  },
  "timeline-pictures": { label: "Pictures watched", hint: "0 watches nothing" },
  "timeline-every": { label: "Watched every", hint: "steps; 0 leaves it to the page, below 15 % of the time" },
  "timeline-layer": { label: "Layer watched", hint: "0 is the deepest" },
  pixels: { label: "Pixels", hint: "what the networks see when they are scored" },
  "imputed-share": { label: "Share imputed", hint: "of a picture's pixels, the least relevant ones" },
  labels: { label: "Labels", hint: "what stands for a class in RS" },
  permutations: { label: "Permutations", hint: "for p-values; 0 is none" },
  resamples: { label: "Resamples", hint: "for intervals; 0 is none" },
  level: { label: "Level", hint: "of intervals and verdicts" },
  "uncertainty-seed": { label: "Seed", hint: "of permutations and resamples" },
  reference: { label: "Reference pictures", hint: "n; at least 4, the same for maps and scores" },
  "reference-seed": { label: "Reference seed" },
  layer: { label: "Layer" },
  objective: { label: "Objective" },
  opacity: { label: "Opacity" },
  outline: { label: "Outline of the object" },
};

/** What the words of a choice are called in forms. */
export const CHOICES: Record<string, string> = {
  "cifar-resnet": "CIFAR ResNet",
  resnet: "ResNet (torchvision)",
  vgg: "VGG (torchvision)",
  "tiny-cnn": "Tiny CNN",
  sgd: "SGD",
  adamw: "AdamW",
  step: "steps",
  cosine: "cosine",
  raw: "as they are",
  imputed: "imputed by ROAD",
  oneHot: "one-hot",
  prototypes: "Teacher's class means",
  matrix: "vectors of my own",
};

/** Label and hint for a key, also one of the Teacher's, which share those of the Student. */
export function fieldText(key: string): { label: string; hint?: string } {
  return FIELDS[key.replace(/^teacher-/, "")] ?? { label: key };
}

/** Names of the losses that the Student may learn by, by their kind. */
export const LOSS_NAMES: Record<Loss["kind"], string> = {
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
  const name = kind in LOSS_NAMES ? LOSS_NAMES[kind as Loss["kind"]] : kind;
  return number === "" ? name : `${name} (${number})`;
}

/** Name of a layer, counted from 0 and the shallowest, among so many. */
export function layerName(layer: string, at: number, count: number): string {
  if (at === 0) return "1 · fine";
  if (at === count - 1) return `${String(count)} · deep`;
  return count === 3 ? "2 · middle" : layer.replace("layer", "");
}

/** Names of the ways to make class maps. */
export const METHODS: Record<ClassMethod, string> = {
  gradCam: "Grad-CAM",
  gradCamPlusPlus: "Grad-CAM++",
  layerCam: "LayerCAM",
  hiresCam: "HiResCAM",
  random: "random",
};

/** Names and meanings of what of a map is drawn. */
export const SIGNS = {
  positive: { name: "For", text: "evidence for alone" },
  signed: { name: "For and against", text: "orange speaks for, blue against" },
} as const;

/** Names and meanings of where the colours of a map end. */
export const SCALES = {
  own: { name: "Its own", text: "each map's colours end at its own maximum" },
  shared: {
    name: "Shared",
    text: "the maps of one method over one picture end at the strongest of them, so a weak map looks weak",
  },
} as const;

/** Names and meanings of the objectives of a map. */
export const OBJECTIVES = {
  relevance: { name: "Relevance", text: "what makes these features follow the classes" },
  unique: { name: "Unique", text: "what makes these features differ from the other network's, whatever the class" },
} as const;
