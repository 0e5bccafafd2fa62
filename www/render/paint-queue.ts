/** Time that painting may take of a frame, milliseconds; the rest is the page's. */
const BUDGET = 4;

const waiting = new Set<() => void>();
let isScheduled = false;

/** Paints when there is time, a few milliseconds a frame, so that many maps never block the page. Returns a way out. */
export function paintSoon(paint: () => void): () => void {
  waiting.add(paint);
  schedule();
  return () => {
    waiting.delete(paint);
  };
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(() => {
    isScheduled = false;
    const end = performance.now() + BUDGET;
    for (const paint of waiting) {
      waiting.delete(paint);
      paint();
      if (performance.now() >= end) break;
    }
    if (waiting.size > 0) schedule();
  });
}
