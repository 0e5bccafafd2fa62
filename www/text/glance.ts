import type { MapKind } from "../protocol/contract";
import { layerText } from "./fields";
import { tell, texts } from "./i18n";

/** Maps that tell the story at a glance. */
export type GlanceMap = Extract<MapKind, "gradCamTeacher" | "distilled" | "residual">;

/** The three networks and what is looked at in each, as the first picture of the page tells it. */
export const GLANCE_ROWS: Record<GlanceMap, { network: string; who: string; shows: string }> = texts("glance.rows");

/** Whose colour each row has, and the formula of its maps. */
export const GLANCE_LOOKS: Record<GlanceMap, { tone: "teacher" | "student" | "base"; formula: string }> = {
  gradCamTeacher: { tone: "teacher", formula: "Grad-CAM" },
  distilled: { tone: "student", formula: "S | B" },
  residual: { tone: "base", formula: "B | S" },
};

/** Around the first picture of the page. */
export const GLANCE_TEXT = texts("glance");

/** What a glance is of: a run made beforehand, one's own, or networks that came with the page. */
export interface Glanced {
  isExample: boolean;
  /** it was learned here */
  isOwnRun: boolean;
  /** of the built-in scenes, or of the visitor's pictures, or of others */
  pictures: "scenes" | "images" | "hub";
}

/** Which run it is and what is shown of it. */
export function glanceCaption({ isExample, isOwnRun, pictures }: Glanced, tests: number, layer: string): string {
  if (isExample) return tell("glance.example", { tests, layer: layerText(layer) });
  const whose = isOwnRun ? "run" : pictures === "images" ? "pairHere" : "pair";
  return tell("glance.own", { whose: tell(`glance.whose.${whose}`), tests, layer: layerText(layer) });
}

/** What is to be known of the test pictures. */
export function picturesNote({ isExample, isOwnRun, pictures }: Glanced): string {
  if (isExample || pictures === "scenes") return GLANCE_TEXT.pictureNote;
  return isOwnRun ? GLANCE_TEXT.ownNote : "";
}

/** Who a network is; a Teacher of shapes is one of the scenes alone. */
export function whoText(kind: GlanceMap, { isExample, pictures }: Glanced): string {
  const isElsewhere = kind === "gradCamTeacher" && !isExample && pictures !== "scenes";
  return isElsewhere ? GLANCE_TEXT.knowsClasses : GLANCE_ROWS[kind].who;
}
