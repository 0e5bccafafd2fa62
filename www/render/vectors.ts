/** The markup of what is in a canvas, for its extents in pixels. */
type Markup = (width: number, height: number) => string;

/** Canvases that can be had as vectors, each with how. */
const vectors = new WeakMap<HTMLCanvasElement, Markup>();

/** Says how a canvas is drawn as vectors; without it its pixels are taken. */
export function drawsAs(canvas: HTMLCanvasElement, markup: Markup): void {
  vectors.set(canvas, markup);
}

/** How a canvas is drawn as vectors, where that was said. */
export function markupOf(canvas: HTMLCanvasElement): Markup | undefined {
  return vectors.get(canvas);
}
