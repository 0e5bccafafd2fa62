/** Photos that lie in no folder, while a known data set is chosen: the visitor is asked what they show. */
export interface LooseState {
  /** photos whose class is not told yet */
  waiting: number;
  /** classes of those that were told, as long as another class is needed before anything can be read */
  told: readonly string[];
}

/** There are none. */
export const NO_LOOSE: LooseState = { waiting: 0, told: [] };
