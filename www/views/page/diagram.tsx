import type { JSX } from "preact";

import { ABOUT } from "../../text/about";
import { WORDS } from "../../text/page";

/** Three networks and what is made of them: the figure behind the words "distilled" and "residual". */
export function Diagram(): JSX.Element {
  const { label, guidance, sameStart, samePictures } = ABOUT.diagram;
  return (
    <svg class="diagram" viewBox="0 0 420 300" role="img" aria-label={label}>
      <defs>
        <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
          <path class="diagram-arrow" d="M0 0L8 4L0 8z" />
        </marker>
      </defs>
      <Node x={20} y={16} width={110} tone="teacher" name={WORDS.teacherNode} />
      <path class="diagram-line" d="M75 58V110" marker-end="url(#arrow)" />
      <text class="diagram-note" x="86" y="88">
        {guidance}
      </text>
      <Node x={20} y={114} width={110} tone="student" name={WORDS.studentNode} />
      <Node x={290} y={114} width={110} tone="base" name={WORDS.baseNode} />
      <path class="diagram-same" d="M136 135H284" />
      <text class="diagram-note diagram-middle" x="210" y="127">
        {sameStart}
      </text>
      <text class="diagram-note diagram-middle" x="210" y="151">
        {samePictures}
      </text>
      <Venn />
    </svg>
  );
}

function Node({
  x,
  y,
  width,
  tone,
  name,
}: {
  x: number;
  y: number;
  width: number;
  tone: string;
  name: string;
}): JSX.Element {
  return (
    <g class={`diagram-node diagram-${tone}`}>
      <rect x={x} y={y} width={width} height="42" rx="9" />
      <text x={x + width / 2} y={y + 26}>
        {name}
      </text>
    </g>
  );
}

/** Two overlapping sets of features: what only the Student has, what both have, what only the Base has. */
function Venn(): JSX.Element {
  return (
    <g>
      <path class="diagram-line" d="M75 160V192" marker-end="url(#arrow)" />
      <path class="diagram-line" d="M345 160V192" marker-end="url(#arrow)" />
      <rect class="diagram-set diagram-student" x="20" y="200" width="240" height="64" rx="32" />
      <rect class="diagram-set diagram-base" x="160" y="200" width="240" height="64" rx="32" />
      <text class="diagram-set-name" x="92" y="229">
        {WORDS.distilled}
      </text>
      <text class="diagram-formula" x="92" y="248">
        S | B
      </text>
      <text class="diagram-set-name" x="210" y="237">
        {WORDS.shared}
      </text>
      <text class="diagram-set-name" x="328" y="229">
        {WORDS.residual}
      </text>
      <text class="diagram-formula" x="328" y="248">
        B | S
      </text>
      <text class="diagram-note diagram-middle" x="210" y="290">
        {ABOUT.diagram.what}
      </text>
    </g>
  );
}
