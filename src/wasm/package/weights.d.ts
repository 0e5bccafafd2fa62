import type { Session } from "./unicam.js";

/** Hands over what a session asks for of the shipped weights, which lie in `weights` beside this file. */
export function handOverWeights(session: Pick<Session, "missingWeights" | "takeWeights">): Promise<void>;
