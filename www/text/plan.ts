import { texts } from "./i18n";

/** What is said of a run before it starts. */
export const PLAN = texts("plan");
