import type { SanityCheckName } from "../protocol/contract";
import { tell, texts } from "./i18n";

/** The two tests that maps are put to. */
export const CHECKS = texts("checks");

/** What a sanity check asks. */
export function sanityText(name: SanityCheckName): string {
  return tell(`checks.sanity.names.${name}`);
}
