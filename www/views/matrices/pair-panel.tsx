import type { JSX } from "preact";

import type { MatrixReport } from "../../protocol/contract";
import type { MatricesData } from "../../protocol/messages";
import { score } from "../../render/format";
import { matrixAt } from "../../render/matrix";
import { tell, texts } from "../../text/i18n";
import { NumberText } from "../common/number-text";
import { OutlineLayer, PictureLayer } from "../look/layers";

const MATRICES = texts("matrices");

/** The two pictures of a cell, how far apart they lie, and what they add to the score. */
export function PairPanel({
  data,
  matrix,
  cell: [row, column],
  classNames,
}: {
  data: MatricesData;
  matrix: MatrixReport;
  cell: [number, number];
  classNames: string[];
}): JSX.Element {
  const { n, labels, images } = data.report;
  const at = row * n + column;
  const value = matrixAt(data, matrix.kind, "values")[at];
  const added = matrixAt(data, matrix.kind, "added")[at];
  const isLeft = matrix.kind === "distilled" || matrix.kind === "residual";
  return (
    <div class="pair" data-testid="pair" aria-live="polite">
      <div class="pair-pictures">
        {[row, column].map((position, i) => {
          const picture = data.pictures[position];
          const name = classNames[labels[position] ?? 0] ?? "";
          return (
            picture && (
              <figure key={i}>
                <div class="tile-frame">
                  <PictureLayer key={position} picture={picture} label={name} />
                  <OutlineLayer picture={picture} />
                </div>
                <figcaption>
                  {name} <span class="fine">{tell("maps.number", { index: images[position] ?? 0 })}</span>
                </figcaption>
              </figure>
            )
          );
        })}
      </div>
      {row === column ? (
        <p class="fine">{MATRICES.same}</p>
      ) : (
        <dl class="facts">
          <div>
            <dt>{isLeft ? MATRICES.left : MATRICES.distance}</dt>
            <dd>
              <NumberText value={value} format={score} testId="pair-value" />
            </dd>
          </div>
          <div>
            <dt>{MATRICES.adds}</dt>
            <dd>
              <NumberText value={added} format={(v) => score(v, 5)} testId="pair-added" />{" "}
              <span class="hint" data-testid="pair-score" data-value={matrix.relevance}>
                {tell("matrices.ofScore", { score: score(matrix.relevance).text })}
              </span>
            </dd>
          </div>
        </dl>
      )}
    </div>
  );
}
