import type { JSX } from "preact";
import { useCallback } from "preact/hooks";

import type { MatrixReport } from "../../protocol/contract";
import type { MatricesData } from "../../protocol/messages";
import { COLOUR_TABLE, SIGNED_TABLE } from "../../render/colormap";
import { score } from "../../render/format";
import { classBorders, isSigned, type MatrixView, paintMatrix } from "../../render/matrix";
import { layerText } from "../../text/fields";
import { tell, texts } from "../../text/i18n";
import { PixelCanvas } from "../common/picture-canvas";

const MATRICES = texts("matrices");

/** How far each key goes from the cell on show: rows and columns. */
const KEYS: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** A matrix as a picture, one cell a pair; pointing at a cell or going there by the arrow keys chooses it. */
export function MatrixPicture({
  data,
  matrix,
  view,
  cell: [row, column],
  onCell,
  classNames,
}: {
  data: MatricesData;
  matrix: MatrixReport;
  view: MatrixView;
  cell: [number, number];
  onCell: (cell: [number, number]) => void;
  classNames: string[];
}): JSX.Element {
  const { n, layer, labels } = data.report;
  const pixels = useCallback(() => paintMatrix(data, matrix, view), [data, matrix, view]);
  const nameAt = (at: number): string => classNames[labels[at] ?? 0] ?? "";
  const choose = (event: PointerEvent & { currentTarget: HTMLElement }): void => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    const at = (share: number): number => Math.min(n - 1, Math.max(0, Math.floor(share * n)));
    onCell([at((event.clientY - top) / height), at((event.clientX - left) / width)]);
  };
  const told = {
    kind: MATRICES.kinds[matrix.kind],
    layer: layerText(layer),
    n,
    row: nameAt(row),
    column: nameAt(column),
  };
  const borders = classBorders(labels)
    .map((at) => `M0 ${String(at)}H${String(n)}M${String(at)} 0V${String(n)}`)
    .join("");
  return (
    <figure class="matrix">
      <div
        class="matrix-frame"
        tabIndex={0}
        role="application"
        aria-roledescription={MATRICES.kind}
        aria-label={tell("matrices.label", told)}
        data-testid="matrix"
        data-kind={matrix.kind}
        data-row={row}
        data-column={column}
        onPointerMove={choose}
        onPointerDown={choose}
        onKeyDown={(event) => {
          const by = KEYS[event.key];
          if (!by) return;
          event.preventDefault();
          onCell([(row + by[0] + n) % n, (column + by[1] + n) % n]);
        }}
      >
        <PixelCanvas pixels={pixels} width={n} height={n} class="matrix-cells" testId="matrix-cells" />
        <svg class="matrix-over" viewBox={`0 0 ${String(n)} ${String(n)}`} aria-hidden="true">
          <path class="matrix-borders" d={borders} />
          <rect class="matrix-cell" x={column} y={row} width="1" height="1" />
          <rect class="matrix-cell" x={row} y={column} width="1" height="1" />
        </svg>
      </div>
      <MatrixLegend matrix={matrix} view={view} />
    </figure>
  );
}

function MatrixLegend({ matrix, view }: { matrix: MatrixReport; view: MatrixView }): JSX.Element {
  const signed = isSigned(matrix.kind, view);
  const table = signed ? SIGNED_TABLE : COLOUR_TABLE;
  const pixels = useCallback(() => table.map((byte, at) => (at % 4 === 3 ? 255 : byte)), [table]);
  const end = view === "added" ? matrix.largest : Math.max(Math.abs(matrix.min), Math.abs(matrix.max));
  const [low, high] = signed ? [-end, end] : [matrix.min, matrix.max];
  const [less, more] = view === "added" ? [MATRICES.less, MATRICES.more] : [MATRICES.near, MATRICES.far];
  return (
    <figcaption class="fine">
      <PixelCanvas pixels={pixels} width={table.length / 4} height={1} class="legend-scale" />
      <span class="legend-ticks">
        <span>
          {score(low).text} {less}
        </span>
        <span>
          {more} {score(high).text}
        </span>
      </span>
    </figcaption>
  );
}
