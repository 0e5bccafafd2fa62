// The record of a bench as tables.

import { ENGINES } from "./configs.mjs";
import { sizesPart } from "./sizes-report.mjs";
import { soakPart } from "./soak-report.mjs";
import { exponent, median, quantile } from "./statistics.mjs";
import { number, table } from "./table.mjs";

/** docs/PERFORMANCE.md: a part for each record, one for what the engines weigh, and one for whether memory grows. */
export async function document(records, sizes, soak) {
  const { format } = await import("prettier");
  const [{ peers }] = records;
  const parts = records.map((record) => `## ${heading(record)}\n\n${about(record)}\n\n${tables(record)}`);
  const text = `<!-- Written by \`npm run bench\`; changes here are lost. -->

# How fast it is

Every figure of a part is of one run, and the machine may have had other work: take the **ratios**, not the milliseconds.
[performance-gpu.json](performance-gpu.json) and [performance.json](performance.json) have every sample, loss and count.

All engines start from the same weights and see the same pictures, made from fixed seeds. Before anything was timed, the
losses of the first steps were compared with those of our CPU device: each agreed to a thousandth. TensorFlow.js ${peers["TensorFlow.js"]}
and jax-js ${peers["jax-js"]} run programs of ours in \`bench/page\`, with as few kernels as their public interfaces allow:
what TensorFlow.js differentiates badly is written out, and jax-js compiles the whole step. On wasm TensorFlow.js has no
kernel for a convolution's weight gradient: its row is the quickest program that was found, which writes both gradients as
convolutions; "its own gradients" is the usual one: its own gradient by the input, and by the weight a product of unfolded pictures.

**A training step** is the Teacher forward; Student and Base forward, backward and a step of SGD (momentum 0.9, weight decay
5e-4) each, with running statistics; the pictures of a step come from the host, the losses are read every 5 steps, or at
each where a step takes more than a second. All engines go through the Teacher at each step; in a training ours spares that
on the CPU where a picture comes again as it was. Median and 10 to 90 % of the samples; \`n\` samples. "Times ours" is against
ours on the same kind of device. Dispatches, submits and host time are those of one step; pipelines those of the whole page.
Host time is what a step takes with every dispatch dropped: the engine's own work. Without a GPU the large networks get
smaller batches, and what would not end in time is left out; \`--all\` leaves nothing out. The paper's own pair on photographs
is timed on a GPU alone and without the peers (\`--gpu --only photographs\`), where a part below has it; a page test compares
its losses with those of the CPU.

**UniCAM** is timed with its maps read back to the host. Our door takes pictures, not features: the nearest public calls are
one batch of a spread, which runs both networks, measures the distances of their features, and draws one picture's map, and
\`explain\`, which makes every kind of map of three networks. The peers are timed on features that lie on their device
already, and with both networks before that. "Times ours" compares like with like: that row with a spread's batch, which
prepares the next batch while the device computes. Ours takes distances by differences and its algebra in f64 on the host;
theirs by dot products in f32 on the device. Maps agreed to a hundredth of their peak.

**Start-up** is what a page loads for one engine on one backend, and how long it takes from the navigation until the engine
can be asked for something, from the same machine's server: median of three loads, so compiled code may be cached. The last
column is until the first training step is done, kernels compiled: of the first table of the part that has the engine. Ours
carries the whole product: networks, readers of archives, scores; on WebGPU the engine that knows
both devices, and on the CPU the one for it alone; where both rows are of one size, they were measured before it was made.

${parts.join("\n\n")}

${sizes ? sizesPart(sizes) : ""}
${soak ? soakPart(soak) : ""}`;
  return format(text, { parser: "markdown", printWidth: 120 });
}

function heading({ isSoftware, adapter }) {
  return isSoftware ? "Without a GPU" : `With a GPU: ${adapter}`;
}

function about({ command, date, seconds, browser, adapter, isSoftware, processor, cores }) {
  const gpu = isSoftware
    ? `**no GPU**: WebGPU and WebGL are computed on the processor by ${adapter}`
    : `the GPU ${adapter}`;
  const minutes = (seconds / 60).toFixed(0);
  return `\`${command}\` measured this on ${date} in ${minutes} minutes: ${browser}, headless, on ${gpu}; ${processor}, ${cores} cores.`;
}

/** All tables of a record. */
export function tables(record) {
  return [stepTables(record), pairTables(record), startUpTable(record), sweepTable(record)]
    .filter(Boolean)
    .join("\n\n");
}

function stepTables({ steps }) {
  if (steps.length === 0) return "";
  const parts = steps.map((config) => `#### ${config.title}\n\n${stepTable(config)}`);
  return `### A training step\n\n${parts.join("\n\n")}`;
}

function stepTable({ rows, batch }) {
  const head = ["engine", "threads", "ms a step", "10 to 90 %", "n", "pictures/s", "times ours", "dispatches", "submits", "pipelines", "host ms"]; // prettier-ignore
  const body = rows.map((row) => {
    const engine = named(row);
    if (row.left) return [engine.name, `left out: ${row.left}`];
    const ms = median(row.ms);
    return [
      engine.name,
      threads(row),
      number(ms),
      `${number(quantile(row.ms, 0.1))} to ${number(quantile(row.ms, 0.9))}`,
      String(row.ms.length),
      number((1000 * batch) / ms),
      ratio(
        ms,
        ours(rows, engine.kind, ({ ms }) => ms),
      ),
      ...counts(engine, row.counts),
      row.host?.ms ? number(median(row.host.ms)) : "",
    ];
  });
  return table(head, body);
}

function pairTables({ pairs }) {
  if (pairs.length === 0) return "";
  const parts = pairs.map((config) => `#### ${config.title}\n\n${pairTable(config)}`);
  return `### UniCAM\n\n${parts.join("\n\n")}`;
}

function pairTable({ rows }) {
  const head = ["engine", "what", "ms", "10 to 90 %", "n", "times ours", "dispatches", "submits", "pipelines"];
  const body = rows.flatMap((row) => {
    const engine = named(row);
    if (row.left) return [[engine.name, `left out: ${row.left}`]];
    return row.works.map(({ name, isWhole, ms, counts: counted }) => [
      engine.name,
      name,
      number(median(ms)),
      `${number(quantile(ms, 0.1))} to ${number(quantile(ms, 0.9))}`,
      String(ms.length),
      isWhole ? ratio(median(ms), ours(rows, engine.kind, wholeOf)) : "",
      ...counts(engine, counted),
    ]);
  });
  return table(head, body);
}

/** Samples of what engines can be compared by. */
function wholeOf({ works }) {
  return works.find(({ isWhole }) => isWhole).ms;
}

function startUpTable({ startUp, steps }) {
  if (startUp.length === 0) return "";
  const body = startUp.map((row) => {
    const engine = named(row);
    if (row.left) return [engine.name, `left out: ${row.left}`];
    const own = steps.flatMap(({ rows }) => rows).find(({ engine, firstMs }) => engine === row.engine && firstMs);
    const step = own?.firstMs;
    return [
      engine.name,
      number(row.bytes / 1000),
      number(row.gzip / 1000),
      number(median(row.ms)),
      step ? number(step) : "",
    ];
  });
  return `### Start-up

${table(["engine", "kB", "kB, gzip", "ready, ms", "first step done, ms"], body)}`;
}

function sweepTable({ sweeps }) {
  const done = sweeps.filter(({ left }) => !left);
  if (done.length === 0) return "";
  const body = done.map(({ title, points }) => {
    const medians = points.map(({ x, ms }) => [x, median(ms)]);
    const [[from, base]] = medians;
    const growth = medians.map(([x, ms]) => `${number(x / from)}: ${number(ms / base)}`);
    return [title, number(from), growth.join(", "), number(2 ** exponent(medians))];
  });
  return `### How the cost grows

Our CPU device, the default recipe, one thing changed at a time, for both networks. "1: 1, 2: 1.9" reads: twice as
many, 1.9 times the time. The last column is what a doubling costs by the power law that fits best.

${table(["what grows", "from", "times as many: times as long", "a doubling"], body)}`;
}

function named({ engine: id }) {
  return ENGINES.find((engine) => engine.id === id);
}

function threads({ threads }) {
  return threads === 0 ? "GPU" : String(threads);
}

/** Median of our own row on this kind of device. */
function ours(rows, kind, samples) {
  const own = rows.find((row) => row.engine.startsWith("unicam") && named(row).kind === kind && !row.left);
  return own ? median(samples(own)) : null;
}

function ratio(ms, own) {
  return own === null ? "" : number(ms / own);
}

function counts({ backend }, { dispatches, draws, submits, pipelines }) {
  if (backend === "webgpu") return [number(dispatches), number(submits), String(pipelines)];
  if (backend === "webgl") return [`${number(draws)} draws`, "", String(pipelines)];
  return ["", "", ""];
}
