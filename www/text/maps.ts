import type { MapKind, MeanShare } from "../protocol/contract";

/** Name, formula and meaning of each kind of map. */
export const MAPS: Record<
  MapKind,
  { name: string; formula: string; text: string; owner: "teacher" | "student" | "base" }
> = {
  gradCamTeacher: {
    name: "Teacher",
    formula: "Grad-CAM",
    text: "Where the Teacher finds evidence for the class that it names.",
    owner: "teacher",
  },
  distilled: {
    name: "Distilled",
    formula: "S | B",
    text: "What the Student has and the Base has not: the knowledge that came from the Teacher.",
    owner: "student",
  },
  residual: {
    name: "Residual",
    formula: "B | S",
    text: "What the Base has and the Student has not: what the Teacher's guidance made the Student let go.",
    owner: "base",
  },
  gradCamStudent: {
    name: "Student",
    formula: "Grad-CAM",
    text: "Where the Student finds evidence for the class that it names.",
    owner: "student",
  },
  gradCamBase: {
    name: "Base",
    formula: "Grad-CAM",
    text: "Where the Base finds evidence for the class that it names.",
    owner: "base",
  },
  studentGivenTeacher: {
    name: "Student's own",
    formula: "S | T",
    text: "What the Student has and the Teacher has not.",
    owner: "student",
  },
  teacherGivenStudent: {
    name: "Not taken over",
    formula: "T | S",
    text: "What the Teacher has and the Student has not taken over.",
    owner: "teacher",
  },
};

/** Sentences around the maps. */
export const LOOK_TEXT = {
  tools: "Layer, maps, colours and more",
  empty: "no positive evidence",
  emptyHint: "Nothing at this layer speaks for it. An empty map is a result, so it is shown as empty and not as noise.",
  batch: (n: number, hash: string): string =>
    `These maps belong to their reference batch of ${String(n)} pictures (${hash}): the same picture among others would get another map. Seed and number of the batch are settings, so it can be had again.`,
  legend: {
    own: "Share of a map's own maximum. Strengths differ from map to map: see “peak” under each.",
    shared: "Share of the strongest map of the same method over the same picture.",
  },
  inside: "on object",
  insideTitle: (n: number): string => `Share of the maps' mass on the object, mean over ${String(n)} pictures`,
  insideHint:
    "Share of the map's mass that lies on the object. Compare it with the share of the picture that the object covers.",
  intervalHint: "95 % interval of the mean over the pictures (Student's t)",
  insideDifference: ({ mean, lower, upper, n }: MeanShare): string => {
    const points = (share: number): string => (100 * share).toFixed(1).replace("-", "−");
    const measured = `${points(mean)} points (95 % interval ${points(lower)} to ${points(upper)}, ${String(n)} pictures)`;
    if (lower > 0) return `Distilled maps lie more on the object than residual ones, by ${measured}.`;
    if (upper < 0) return `Distilled maps lie less on the object than residual ones, by ${measured}.`;
    return `Distilled less residual: ${measured}: too close to tell.`;
  },
  waiting: "Maps appear here as soon as a Student has been distilled.",
} as const;
