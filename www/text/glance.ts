import type { MapKind } from "../protocol/contract";
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

/** Which run it is and what is shown of it. */
export function glanceCaption(isExample: boolean, tests: number, layer: string): string {
  return tell(isExample ? "glance.example" : "glance.own", { tests, layer });
}
