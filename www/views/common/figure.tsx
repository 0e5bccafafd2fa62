import type { ComponentChildren, JSX } from "preact";
import { useRef, useState } from "preact/hooks";

import type { Failure } from "../../protocol/failure";
import { tell, texts } from "../../text/i18n";
import { useActions } from "../app-context";
import { FailureNotice } from "./notice";

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
  const actions = useActions();
  const [failure, setFailure] = useState<Failure | null>(null);
  const save = async (form: "png" | "svg"): Promise<void> => {
    if (root.current) setFailure(await actions.saveFigure(root.current, `unicam-${name}`, form));
  };
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
            void save("png");
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
            void save("svg");
          }}
        >
          SVG
        </button>
      </p>
      {failure && <FailureNotice failure={failure} testId={`save-failure-${name}`} />}
    </div>
  );
}
