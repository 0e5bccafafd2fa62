import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";

import { tell, texts } from "../../text/i18n";

const FIGURE = texts("figure");

/** Saves a figure; how is fetched when it is wanted for the first time. */
async function save(root: HTMLElement | null, name: string, form: "png" | "svg"): Promise<void> {
  const { saveAsPng, saveAsSvg } = await import(/* webpackChunkName: "figure" */ "../../client/figure");
  if (!root) return;
  if (form === "png") await saveAsPng(root, name);
  else saveAsSvg(root, name);
}

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
            void save(root.current, file, "png");
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
            void save(root.current, file, "svg");
          }}
        >
          SVG
        </button>
      </p>
    </div>
  );
}
