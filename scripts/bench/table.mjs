// Tables in Markdown.

/** Three figures that count. */
export function number(value) {
  if (value >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** A row that is shorter than the head is one sentence. */
export function table(head, body) {
  const line = (cells) => `| ${[...cells, ...Array(head.length - cells.length).fill("")].join(" | ")} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? "---" : "---:"))), ...body.map(line)].join("\n");
}
