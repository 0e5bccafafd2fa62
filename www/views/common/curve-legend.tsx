import type { JSX } from "preact";

import { type Curve, DASHES } from "../../render/curves";

/** Names of curves, each with its line and marker as they stand in the chart. */
export function CurveLegend({
  curves,
  values,
}: {
  curves: Curve[];
  /** what each curve is where it is read out, as it is written; "" elsewhere */
  values?: string[] | undefined;
}): JSX.Element {
  return (
    <ul class="curve-legend">
      {curves
        .map((curve, at) => ({ curve, value: values?.[at] }))
        .filter(({ curve }) => curve.points.length > 0)
        .map(({ curve, value }) => (
          <li key={curve.label} class={`tone-${curve.tone}`}>
            <svg viewBox="0 0 28 10" width="28" height="10" aria-hidden="true">
              <path d="M0 5H28" stroke-dasharray={DASHES[curve.line].join(" ")} />
              <Marker kind={curve.marker} />
            </svg>
            {curve.label}
            {value !== undefined && <output class="curve-value">{value}</output>}
          </li>
        ))}
    </ul>
  );
}

/** The markers that are drawn as a path, as Chart.js has them. */
const PATHS: Partial<Record<Curve["marker"], string>> = {
  triangle: "M14 1L18 8.5H10Z",
  rectRot: "M14 0.5L18.5 5L14 9.5L9.5 5Z",
  cross: "M14 1V9M10 5H18",
  star: "M14 1V9M10 5H18M11 2L17 8M17 2L11 8",
};

function Marker({ kind }: { kind: Curve["marker"] }): JSX.Element | null {
  if (kind === "circle") return <circle cx="14" cy="5" r="3.5" />;
  if (kind === "rect") return <rect x="11" y="2" width="6" height="6" />;
  const path = PATHS[kind];
  return path ? <path class="marker" d={path} /> : null;
}
