import { proxy, type Remote, wrap } from "comlink";

import { EngineError, type Failure, failure, type Outcome, PAGE_CODES } from "../protocol/failure";
import type { EngineApi } from "../protocol/messages";

/** A call on the worker, as seen from the page. */
export type Call<T> = (api: Remote<EngineApi>) => Promise<Outcome<T>>;

/**
 * The page's side of the protocol: makes the worker, turns outcomes into results or exceptions, and notices when the
 * worker is gone. One client is one worker; after its death a new client is made.
 */
export class EngineClient {
  private readonly worker: Worker;
  private readonly api: Remote<EngineApi>;
  private readonly died: Promise<never>;
  private reportDeath: (cause: Failure) => void = () => undefined;
  private isDead = false;

  /** `onDeath` is called once, when the engine cannot go on. */
  constructor(private readonly onDeath: (cause: Failure) => void) {
    this.worker = new Worker(new URL("../worker/index.ts", import.meta.url));
    this.api = wrap<EngineApi>(this.worker);
    this.died = new Promise((_, reject) => {
      this.reportDeath = (cause) => {
        reject(new EngineError(cause));
      };
    });
    this.died.catch(() => undefined); // calls that race with it report it
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.die(failure(PAGE_CODES.workerDied, deathSentence(event.message)));
    };
    this.worker.onmessageerror = () => {
      this.die(failure(PAGE_CODES.workerDied, deathSentence("a message could not be read")));
    };
  }

  /** Calls the worker; rejects with an {@link EngineError} that keeps name, code and message. */
  async call<T>(invoke: Call<T>): Promise<T> {
    const outcome = await Promise.race([invoke(this.api), this.died]);
    if (outcome.ok) return outcome.value;
    if (outcome.failure.fatal) this.die(outcome.failure);
    throw new EngineError(outcome.failure);
  }

  /** Tells the worker something that has no result and is heard at once. */
  tell(invoke: (api: Remote<EngineApi>) => Promise<void>): void {
    if (!this.isDead) invoke(this.api).catch(() => undefined);
  }

  /** Ends the worker; calls that wait for it fail. */
  stop(): void {
    this.end(failure(PAGE_CODES.cancelled, "The engine was stopped.", "AbortError"));
  }

  /** Ends the worker after something that it told: what it cannot go on from. */
  die(cause: Failure): void {
    if (this.isDead) return;
    this.end(cause);
    this.onDeath(cause);
  }

  private end(cause: Failure): void {
    this.isDead = true;
    this.worker.terminate();
    this.reportDeath(cause);
  }
}

/** Wraps a callback so that it can be handed to the worker. */
export function callback<T>(listen: (message: T) => void): (message: T) => void {
  return proxy(listen);
}

function deathSentence(why: string): string {
  return `The engine's worker stopped: ${why || "no reason given"}. Restart it; the pictures are read again and the settings stay.`;
}
