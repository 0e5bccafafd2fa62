// The record of `npm run soak` as a part of docs/PERFORMANCE.md.

import { table } from "./table.mjs";

/** Memory after the first round and after the last one. */
export function soakPart({ command, date, parts }) {
  const kinds = Object.keys(parts[0].first);
  const body = parts.map(({ name, rounds, first, last }) => [
    name,
    String(rounds),
    ...kinds.map((kind) => `${first[kind]}, ${last[kind]}`),
  ]);
  return `## Whether memory grows

\`${command}\` printed these on ${date}, on the CPU device: MiB after the first round and after the last one, garbage collected. A
round is a small distillation with its maps, scores and files; half of the time the rounds are of one page, half of it the
page is loaded anew before each.

${table(["the page", "rounds", ...kinds.map((kind) => `${kind}, MiB`)], body)}
`;
}
