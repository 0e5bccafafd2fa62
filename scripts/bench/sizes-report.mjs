// The record of `npm run sizes` as a part of docs/PERFORMANCE.md.

import { median } from "./statistics.mjs";
import { number, table } from "./table.mjs";

/** What each way of building an engine weighs, and how quick it is beside the first one. */
export function sizesPart({ command, date, node, rows }) {
  const [first] = rows;
  const body = rows.map(({ title, bytes, gzip, brotli, ms }) => [
    title,
    ...[bytes, gzip, brotli].map((size) => number(size / 1000)),
    ...Object.keys(ms).map((work) => number(median(ms[work]) / median(first.ms[work]))),
  ]);
  return `## What the engines weigh

\`${command}\` built and measured these on ${date}. Speed is that of the CPU device in node ${node}, all engines turn by turn, as median
of the processor's time against the first row's: 1.02 takes 2 % longer. A step is one of the default recipe; the scores are those of every layer over the
default reference batch; the picture is a PNG of 1200 by 731 pixels, read, cut square and made small.
What was not built is not in the table. [sizes.json](sizes.json) has every sample.

${table(["the engine", "kB", "kB, gzip", "kB, brotli", "a step", "scores", "a picture"], body)}
`;
}
