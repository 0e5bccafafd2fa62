// The options of `npm run bench`.

import { parseArgs } from "node:util";
import { Failure } from "../setup/process.mjs";

/** Seconds after which nothing new is begun: a little more than this in all, on any machine. */
const BUDGET = 900;

export const HELP = `npm run bench -- [options]
  --all              nothing is shrunk or left out, however long it takes
  --budget SECONDS   time for all measurements, ${BUDGET} unless it is given
  --adapter NAME     hardware, swiftshader (software), or auto: hardware if there is any
  --chromium PATH    another browser than the one that the tests run in
  --flags "..."      more flags for it
  --only REGEX       only what matches, e.g. "default-32 (unicam|tfjs)"; "config engine" is what is matched
  --no-peers         our own engine alone
  --gpu              what computes on the GPU alone, against the losses of our CPU device
  --built            nothing is set up or bundled: for a machine that only measures what another one has built
  --write            measures nothing: writes docs/PERFORMANCE.md from the records that are there
  --json FILE        where the record goes: docs/performance.json, with a GPU docs/performance-gpu.json, unless it is given`;

export function readOptions(args) {
  const options = {
    all: { type: "boolean", default: false },
    budget: { type: "string", default: String(BUDGET) },
    adapter: { type: "string", default: "auto" },
    chromium: { type: "string" },
    flags: { type: "string", default: "" },
    only: { type: "string" },
    "no-peers": { type: "boolean", default: false },
    gpu: { type: "boolean", default: false },
    built: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  };
  const values = parsed(args, options);
  const budget = values.all ? Infinity : Number(values.budget);
  if (!(budget > 0)) throw new Failure(`--budget wants seconds, not ${values.budget}`);
  if (!["auto", "hardware", "swiftshader"].includes(values.adapter))
    throw new Failure(`--adapter is hardware, swiftshader or auto, not ${values.adapter}`);
  const only = values.only === undefined ? null : new RegExp(values.only);
  const flags = values.flags.split(" ").filter(Boolean);
  return { ...values, budget, only, flags, peers: !values["no-peers"], command: commandOf(values) };
}

function parsed(args, options) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new Failure(`${error.message}\n${HELP}`);
  }
}

/** The command as anyone can repeat it: where browser and record lie is a matter of the machine. */
function commandOf({ all, gpu, budget, adapter, only, "no-peers": alone }) {
  const said = [
    all && "--all",
    gpu && "--gpu",
    budget !== String(BUDGET) && `--budget ${budget}`,
    adapter !== "auto" && `--adapter ${adapter}`,
    only && `--only ${JSON.stringify(only)}`,
    alone && "--no-peers",
  ].filter(Boolean);
  return said.length > 0 ? `npm run bench -- ${said.join(" ")}` : "npm run bench";
}
