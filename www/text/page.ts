import type { SectionName } from "../state/sections";

/** Head of the page. */
export const HEAD = {
  eyebrow: "UniCAM for the web",
  title: "See what a Student network takes over from its Teacher",
  promise:
    "Distil a small network from a big one, here on your own device, and see which parts of a picture its knowledge came from.",
  run: "Distil on the built-in scenes",
  rerun: "Distil once more",
  show: "Show a finished run",
  privacy: "Nothing leaves this tab: pictures, weights and results stay on your device. No account, no tracking.",
} as const;

/** Number, name and lead of each section. */
export const SECTIONS: readonly { name: SectionName; short: string; title: string; lead: string }[] = [
  {
    name: "data",
    short: "Data",
    title: "Pictures to learn from",
    lead: "Six shapes before six backgrounds. The shape is the class. In training the background can give it away; in the test it never does, so a network that relies on the background fails.",
  },
  {
    name: "teacher",
    short: "Teacher",
    title: "A Teacher that knows",
    lead: "A bigger network that already tells the classes apart. It stays as it is; only its answers are passed on.",
  },
  {
    name: "distil",
    short: "Distil",
    title: "Student and Base, side by side",
    lead: "The Student learns under the Teacher. The Base is its twin: same start, same pictures in the same order, same number of steps, but from the labels alone. What differs between them is the Teacher's doing.",
  },
  {
    name: "look",
    short: "Look",
    title: "Where the knowledge lies",
    lead: "Distilled: what the Student has and the Base has not. Residual: what the Base has and the Student let go. Bright is where that part of the features answers to the picture.",
  },
  {
    name: "scores",
    short: "Scores",
    title: "How much, in numbers",
    lead: "FSS says how alike two networks arrange the pictures; RS how well an arrangement follows the classes. Both come per layer, from the same reference pictures as the maps.",
  },
  {
    name: "checks",
    short: "Checks",
    title: "Can the maps be believed?",
    lead: "A map is a claim about a network. Two tests show whether it holds: for the layer, the objective and the reference pictures that are chosen above.",
  },
  {
    name: "lab",
    short: "Runs",
    title: "Runs side by side",
    lead: "One run is an anecdote. Try other recipes and other seeds, and see what stays: every run that comes to its end is kept here.",
  },
];

/** The built-in scenes and their dial. */
export const SCENES = {
  tab: "Built-in scenes",
  train: "Training pictures",
  test: "Test pictures",
  dial: "Background dial",
  dialText: (percent: string): string =>
    `In ${percent} of them the background is tied to the class; in the rest it is drawn by lot.`,
  testText: "The background is always drawn by lot: only the shape helps.",
} as const;

/** The user's own pictures. */
export const OWN = {
  tab: "My own pictures",
  lead: "One folder a class: cats/1.jpg is a picture of class “cats”. Drop folders, pictures or archives anywhere on this page.",
  formats:
    "JPEG, PNG, WebP, BMP, GIF, archives of them (zip, tar, tar.gz, tar.xz), or CIFAR-10’s own cifar-10-binary.tar.gz. At least two classes.",
  pickFolder: "Pick a folder",
  pickFiles: "Pick files",
  looseClass: "Class of files that lie in no folder",
  looseHint: "for phones, which cannot pick folders",
  forget: "Start over",
  drop: "Drop pictures, folders, archives, a weight file for the Teacher, or a file of settings",
} as const;

/** The Teacher that comes with the page. */
export const TEACHER = {
  knows: "for the built-in scenes, and for pictures of CIFAR-10’s ten classes",
  ofScenes: "A ResNet that was trained on such scenes with the background dial at 0 %.",
  ofCifar10: "A ResNet that was trained on CIFAR-10’s training pictures, saved as JPEG.",
} as const;

/** Distilling, or looking at what was distilled before. */
export const DISTIL = {
  needsTeacher: "A Teacher is needed first.",
  shipped: "Show a finished pair",
  loading: "Loading Student and Base and testing them on the test pictures …",
  shippedNote: (steps: number): string =>
    `Both were trained beforehand, over ${steps.toLocaleString("en-US")} steps, by this program; the accuracies are measured here and now. Distil to train your own.`,
} as const;
