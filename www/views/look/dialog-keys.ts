/** What in a dialog takes the arrow keys itself, when it has the focus. */
const TAKES_ARROWS = "select, input, .table-scroll";

/** By how many pictures a key steps, pressed where the focus is. */
export function stepOf(key: string, focused: Pick<Element, "closest">): -1 | 0 | 1 {
  if (focused.closest(TAKES_ARROWS)) return 0;
  return key === "ArrowLeft" ? -1 : key === "ArrowRight" ? 1 : 0;
}
