import type { JSX } from "preact";

import { type Curve, DASHES } from "../../render/curves";

/** Names of curves, each with its line and marker as they stand in the chart. */
export function CurveLegend({ curves }: { curves: Curve[] }): JSX.Element {
  return (
    <ul class="curve-legend">
      {curves
        .filter(({ points }) => points.length > 0)
        .map((curve) => (
          <li key={curve.label} class={`tone-${curve.tone}`}>
            <svg viewBox="0 0 28 10" width="28" height="10" aria-hidden="true">
              <path d="M0 5H28" stroke-dasharray={DASHES[curve.line].join(" ")} />
              <Marker kind={curve.marker} />
            </svg>
            {curve.label}
          </li>
        ))}
    </ul>
  );
}

function Marker({ kind }: { kind: Curve["marker"] }): JSX.Element | null {
  if (kind === "circle") return <circle cx="14" cy="5" r="3.5" />;
  if (kind === "rect") return <rect x="11" y="2" width="6" height="6" />;
  return kind === "triangle" ? <path class="marker" d="M14 1L18 8.5H10Z" /> : null;
}
