import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";

import { saveAsPng, saveAsSvg } from "../../client/figure";
import { tell, texts } from "../../text/i18n";

const FIGURE = texts("figure");

/** A figure that can be saved, as pixels and as vectors, by two small buttons below it. */
export function Figure({
  name,
  title,
  children,
}: {
  /** of the files */
  name: string;
  /** what the buttons say that they save */
  title: string;
  children: ComponentChildren;
}): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  const file = `unicam-${name}`;
  return (
    <div class="saveable">
      <div ref={root}>{children}</div>
      <p class="save-figure">
        <span aria-hidden="true">{FIGURE.save}</span>
        <button
          type="button"
          class="link"
          data-testid={`save-png-${name}`}
          aria-label={tell("figure.savePng", { title })}
          onClick={() => {
            if (root.current) void saveAsPng(root.current, file);
          }}
        >
          PNG
        </button>
        <button
          type="button"
          class="link"
          data-testid={`save-svg-${name}`}
          aria-label={tell("figure.saveSvg", { title })}
          onClick={() => {
            if (root.current) saveAsSvg(root.current, file);
          }}
        >
          SVG
        </button>
      </p>
    </div>
  );
}
