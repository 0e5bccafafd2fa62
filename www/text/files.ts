import { texts } from "./i18n";

/** The files that a visitor has given. */
export const FILES = texts("files");
