/** A recipe out of the literature, or one that shows something: settings by their keys, laid over the shipped ones. */
export interface Preset {
  name: PresetName;
  /** where its numbers come from; null for one of this page's own */
  source: { text: string; href: string } | null;
  settings: Record<string, string>;
  /** rounds over the training pictures, from which the steps follow once there are pictures */
  epochs?: { teacher: number; student: number };
}

/** Names under which the recipes' titles and notes are written. */
export const PRESET_NAMES = [
  "shipped",
  "answers",
  "softenedError",
  "attention",
  "hint",
  "overhaul",
  "classAttention",
  "decoupled",
  "assistant",
  "hot",
  "narrow",
  "labelsOnly",
  "papersPair",
  "photographsSmall",
] as const;

/** One of them. */
export type PresetName = (typeof PRESET_NAMES)[number];

/** No loss but those that a recipe names. */
const NONE = {
  alpha: "0",
  beta: "0",
  "softened-error": "0",
  attention: "0",
  hint: "0",
  overhaul: "0",
  "class-attention": "0",
  decoupled: "0",
  assistants: "",
};

/** The recipes in the order in which they are offered. Weights are the usual ones of each loss's own paper. */
export const PRESETS: readonly Preset[] = [
  { name: "shipped", source: null, settings: {} },
  {
    name: "answers",
    source: { text: "Hinton, Vinyals, Dean 2015", href: "https://arxiv.org/abs/1503.02531" },
    settings: { ...NONE, alpha: "0.1", beta: "0.9", temperature: "4" },
  },
  {
    name: "softenedError",
    source: { text: "Adhane et al. 2025", href: "https://arxiv.org/abs/2412.13943" },
    settings: { ...NONE, alpha: "0.7", "softened-error": "0.3", "softened-error-temperature": "20" },
  },
  {
    name: "attention",
    source: { text: "Zagoruyko, Komodakis 2017", href: "https://arxiv.org/abs/1612.03928" },
    settings: { ...NONE, alpha: "1", attention: "1000" },
  },
  {
    name: "hint",
    source: { text: "Romero et al. 2015", href: "https://arxiv.org/abs/1412.6550" },
    settings: { ...NONE, alpha: "1", hint: "100", "hint-layer": "2" },
  },
  {
    name: "overhaul",
    source: { text: "Heo et al. 2019", href: "https://arxiv.org/abs/1904.01866" },
    settings: { ...NONE, alpha: "1", overhaul: "0.001" },
  },
  {
    name: "classAttention",
    source: { text: "Guo et al. 2023", href: "https://arxiv.org/abs/2304.12777" },
    settings: { ...NONE, alpha: "1", "class-attention": "400", "class-attention-resolution": "2" },
  },
  {
    name: "decoupled",
    source: { text: "Zhao et al. 2022", href: "https://arxiv.org/abs/2203.08679" },
    settings: {
      ...NONE,
      alpha: "1",
      decoupled: "1",
      "decoupled-alpha": "1",
      "decoupled-beta": "8",
      "decoupled-temperature": "4",
    },
  },
  {
    name: "assistant",
    source: { text: "Mirzadeh et al. 2020", href: "https://arxiv.org/abs/1902.03393" },
    settings: { assistants: "cifar-resnet 1 12" },
  },
  { name: "hot", source: null, settings: { temperature: "20" } },
  { name: "narrow", source: null, settings: { width: "4", start: "random" } },
  { name: "labelsOnly", source: null, settings: { ...NONE, alpha: "1" } },
  {
    name: "papersPair",
    source: { text: "Adhane et al. 2025", href: "https://arxiv.org/abs/2412.13943" },
    settings: {
      ...NONE,
      side: "224",
      normalisation: "imagenet",
      "teacher-family": "resnet",
      "teacher-resnet-depth": "50",
      "teacher-width": "64",
      "teacher-start": "given",
      "teacher-batch": "32",
      "teacher-rate": "0.001",
      family: "resnet",
      "resnet-depth": "18",
      width: "64",
      batch: "32",
      rate: "0.001",
      alpha: "0.7",
      "softened-error": "0.3",
      "softened-error-temperature": "20",
      start: "given",
    },
    epochs: { teacher: 20, student: 25 },
  },
  {
    name: "photographsSmall",
    source: null,
    settings: {
      ...NONE,
      side: "64",
      "teacher-family": "cifar-resnet",
      "teacher-blocks": "3",
      "teacher-width": "8",
      "teacher-start": "random",
      family: "cifar-resnet",
      blocks: "1",
      width: "8",
      alpha: "0.1",
      beta: "0.9",
      temperature: "4",
      start: "random",
    },
  },
];
