import type { MapKind } from "../protocol/contract";

/** Maps that tell the story at a glance. */
export type GlanceMap = Extract<MapKind, "gradCamTeacher" | "distilled" | "residual">;

/** The three networks and what is looked at in each, as the first picture of the page tells it. */
export const GLANCE_ROWS: Record<
  GlanceMap,
  { network: string; tone: "teacher" | "student" | "base"; who: string; shows: string; formula: string }
> = {
  gradCamTeacher: {
    network: "Teacher",
    tone: "teacher",
    who: "big, knows the shapes, guides the Student",
    shows: "where it looks",
    formula: "Grad-CAM",
  },
  distilled: {
    network: "Student",
    tone: "student",
    who: "small, learned with the Teacher's guidance",
    shows: "what only it has: distilled",
    formula: "S | B",
  },
  residual: {
    network: "Base",
    tone: "base",
    who: "the Student's twin, learned alone",
    shows: "what only it has: residual",
    formula: "B | S",
  },
};

/** Around the first picture of the page. */
export const GLANCE_TEXT = {
  label: "Teacher, Student and Base at a glance",
  picture: "Test pictures",
  pictureNote: "the shape is the class, the background misleads",
  ownNote: "from your run",
  example: (tests: number, layer: string): string =>
    `A finished run of the shipped recipe: accuracy on ${String(tests)} test pictures, maps at ${layer}. Pictures that Teacher and Student name rightly and the Base does not.`,
  own: (tests: number, layer: string): string =>
    `Your run: accuracy on ${String(tests)} test pictures, maps at ${layer}. Pictures that Teacher and Student name rightly and the Base does not come first.`,
  empty: "nothing",
} as const;
