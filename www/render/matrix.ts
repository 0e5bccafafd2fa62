import type { MatrixKind, MatrixReport } from "../protocol/contract";
import type { MatricesData } from "../protocol/messages";
import { colour, signedColour } from "./colormap";

/** What of a matrix is painted: its values, or what each pair adds to the score. */
export type MatrixView = "values" | "added";

/** One matrix out of the block, `[n, n]`. */
export function matrixAt(data: MatricesData, kind: MatrixKind, view: MatrixView): Float32Array {
  const { n, matrices } = data.report;
  const at = matrices.findIndex((matrix) => matrix.kind === kind);
  return (view === "values" ? data.values : data.added).subarray(at * n * n, (at + 1) * n * n);
}

/** Whether a matrix has values on either side of zero that mean opposite things. */
export function isSigned(kind: MatrixKind, view: MatrixView): boolean {
  return view === "added" || kind === "distilled" || kind === "residual";
}

/**
 * RGBA bytes of a matrix, one pixel a cell, row by row, all of them opaque; the diagonal, where a picture meets itself, is
 * grey.
 */
export function paintMatrix(data: MatricesData, report: MatrixReport, view: MatrixView): Uint8ClampedArray {
  const { n } = data.report;
  const { kind, min, max, largest } = report;
  const values = matrixAt(data, kind, view);
  const end = (view === "added" ? largest : Math.max(Math.abs(min), Math.abs(max))) || 1;
  const bytes = new Uint8ClampedArray(n * n * 4);
  for (let at = 0; at < n * n; at++) {
    const value = values[at] ?? 0;
    const painted = isSigned(kind, view) ? signedColour(value / end) : colour((value - min) / (max - min || 1));
    const isDiagonal = at % (n + 1) === 0;
    bytes.set([...(isDiagonal ? ([128, 128, 128] as const) : painted), 255], at * 4);
  }
  return bytes;
}

/** Where one class ends and the next begins among rows sorted by class: positions 1..n-1. */
export function classBorders(labels: readonly number[]): number[] {
  return labels.flatMap((label, at) => (at > 0 && labels[at - 1] !== label ? [at] : []));
}
