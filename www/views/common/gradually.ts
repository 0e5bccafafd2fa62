import { useEffect, useState } from "preact/hooks";

/** Things drawn a frame. */
const A_FRAME = 2;

/**
 * Counts up to a number of things to draw, a few more each frame, so that many of them never make one long task. The
 * count begins anew when `of`, what the things are drawn from, is another; its entries are compared one by one.
 */
export function useGradually(total: number, of: readonly unknown[] = [], aFrame = A_FRAME): number {
  const [state, setState] = useState({ of, drawn: aFrame });
  const isSame = of.every((part, i) => part === state.of[i]);
  const drawn = isSame ? state.drawn : aFrame;
  useEffect(() => {
    if (drawn >= total) return undefined;
    const frame = requestAnimationFrame(() => {
      setState({ of, drawn: drawn + aFrame });
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [drawn, total, aFrame, ...of]);
  return Math.min(drawn, total);
}
