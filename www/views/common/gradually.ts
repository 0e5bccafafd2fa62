import { useEffect, useState } from "preact/hooks";

/** Things added a frame. */
const A_FRAME = 2;

/** Counts up to a number of things to draw, a few more each frame, so that many of them never make one long task. */
export function useGradually(total: number): number {
  const [drawn, setDrawn] = useState(A_FRAME);
  useEffect(() => {
    if (drawn >= total) return undefined;
    const frame = requestAnimationFrame(() => {
      setDrawn(drawn + A_FRAME);
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [drawn, total]);
  return Math.min(drawn, total);
}
