import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { paintSoon } from "../../render/paint-queue";

/**
 * A canvas with as many pixels as the array has. `pixels` is RGBA, row by row; it is painted when there is time. The
 * label is what a reader gets who does not see it; without one the canvas is decoration.
 */
export function PixelCanvas({
  pixels,
  width,
  height,
  label,
  class: className,
  testId,
}: {
  /** bytes, or how to make them */
  pixels: () => Uint8ClampedArray;
  width: number;
  height: number;
  label?: string;
  class: string;
  testId?: string;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(
    () =>
      paintSoon(() => {
        const target = canvas.current?.getContext("2d");
        if (!target) return;
        const image = new ImageData(width, height);
        image.data.set(pixels());
        target.putImageData(image, 0, 0);
        target.canvas.dataset["painted"] = "true";
      }),
    [pixels, width, height],
  );
  return (
    <canvas
      ref={canvas}
      width={width}
      height={height}
      class={className}
      data-testid={testId}
      role={label ? "img" : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
    />
  );
}
