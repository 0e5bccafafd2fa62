import type { Spread } from "../../pkg/unicam.js";
import type { SpreadConfig, SpreadProgress } from "../protocol/contract";
import type { JobProgress, SpreadData } from "../protocol/messages";
import { ProgressTeller } from "./progress";
import { pull } from "./pull";
import type { JobControl } from "./queue";

/** The part of a session that a spread needs. */
export interface SpreadSource {
  startSpread(config: SpreadConfig): void;
  advanceSpread(): Promise<SpreadProgress>;
  finishSpread(): Promise<Spread>;
  cancelSpread(): void;
}

/** Draws batch by batch, tells how far it is, reads the maps out and frees the engine's copy. */
export async function pullSpread(
  source: SpreadSource,
  config: SpreadConfig,
  control: JobControl,
  post: (progress: JobProgress) => Promise<void> | void,
): Promise<SpreadData> {
  source.startSpread(config);
  const teller = new ProgressTeller(post);
  const step = async (): Promise<Spread | undefined> => {
    const { done, total } = await source.advanceSpread();
    await teller.tell(config.map, done, total);
    return done < total ? undefined : source.finishSpread();
  };
  const found = await pull(control, step, () => {
    source.cancelSpread();
  });
  try {
    return { report: found.report(), mean: found.mean(), deviation: found.deviation() };
  } finally {
    found.free();
  }
}
