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
  --built            nothing is set up or bundled: for a machine that only measures what another one has built
  --json FILE        where the record goes, docs/performance.json unless it is given`;

export function readOptions(args) {
  const options = {
    all: { type: "boolean", default: false },
    budget: { type: "string", default: String(BUDGET) },
    adapter: { type: "string", default: "auto" },
    chromium: { type: "string" },
    flags: { type: "string", default: "" },
    only: { type: "string" },
    "no-peers": { type: "boolean", default: false },
    built: { type: "boolean", default: false },
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
  return { ...values, budget, only, flags, peers: !values["no-peers"], command: commandOf(args) };
}

function parsed(args, options) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new Failure(`${error.message}\n${HELP}`);
  }
}

function commandOf(args) {
  const told = args.map((argument) => (/\s/.test(argument) ? JSON.stringify(argument) : argument));
  return told.length > 0 ? `npm run bench -- ${told.join(" ")}` : "npm run bench";
}
