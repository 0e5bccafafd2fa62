import type { Session } from "../../pkg/unicam.js";
import type { DeviceChoice, DeviceReport } from "../protocol/contract";
import type { DeviceSource } from "./devices";
import { PictureFiles } from "./picture-files";
import type { Supply, Tell } from "./supply";

/**
 * The visitor's session, in one of the two engines. It begins in the one that is small and there first, and moves over to
 * the one that knows GPUs between two jobs, with all that it holds.
 */
export class SessionHolder implements DeviceSource {
  /** where the pictures of own data sets lie */
  readonly files = new PictureFiles();
  /** the whole engine, once it is loaded and until the session has moved */
  private next: typeof Session | null = null;
  private isSparing = false;
  private onGpu: boolean;

  private constructor(
    private readonly supply: Supply,
    private engine: typeof Session,
    private held: Session,
    private isWhole: boolean,
  ) {
    this.onGpu = held.device().kind === "webgpu";
  }

  /** Loads an engine and opens a session in it: on the CPU unless WebGPU is demanded. */
  static async open(supply: Supply, choice: DeviceChoice, tell: Tell): Promise<SessionHolder> {
    // Without an adapter the small engine says so as well.
    const isWhole = choice === "webgpu" && (await supply.hasAdapter());
    const engine = isWhole ? await supply.wholeEngine(tell) : await supply.cpuEngine(tell);
    // The CPU is there at once; whether a GPU is quicker shows when the page stands.
    const session = await engine.create(choice === "auto" ? "cpu" : choice);
    return new SessionHolder(supply, engine, session, isWhole);
  }

  /** Where the session is now: not to be kept from one job to the next. */
  get session(): Session {
    return this.held;
  }

  /** The class of the engine that the session is in. */
  get engineClass(): typeof Session {
    return this.engine;
  }

  /** Whether a GPU is worked with, or tried: the loss of one that was left is no harm. */
  get usesGpu(): boolean {
    return this.onGpu;
  }

  get hasWhole(): boolean {
    return this.isWhole || this.next !== null;
  }

  /** Loads the engine that knows GPUs; not where the browser has no adapter, since it would be of no use. */
  async fetchWhole(tell: Tell): Promise<void> {
    if (this.hasWhole || !(await this.supply.hasAdapter())) return;
    tell({ received: 0, total: null });
    this.next = await this.supply.wholeEngine(tell);
  }

  /** From now on runs hold little in memory. */
  spareMemory(): void {
    this.isSparing = true;
    this.held.spareMemory();
  }

  device(): DeviceReport {
    return this.held.device();
  }

  async advanceTrial(): Promise<boolean> {
    await this.moveOver();
    return this.mayUseGpu(() => this.held.advanceTrial());
  }

  async moveTo(choice: DeviceChoice): Promise<DeviceReport> {
    await this.moveOver();
    return this.mayUseGpu(() => this.held.moveTo(choice));
  }

  advancePreparation(): Promise<boolean> {
    return this.held.advancePreparation();
  }

  /** Does what may need a GPU, whichever device the session is on before and after. */
  private async mayUseGpu<T>(work: () => Promise<T>): Promise<T> {
    let isOnGpu = this.onGpu;
    this.onGpu = true;
    try {
      const result = await work();
      // Not to be asked when a loss is told: a session in the middle of a step does not answer.
      isOnGpu = this.held.device().kind === "webgpu";
      return result;
    } finally {
      this.onGpu = isOnGpu;
    }
  }

  /** Takes the session into the engine that was loaded; must run between two jobs. It stays where it is if that fails. */
  private async moveOver(): Promise<void> {
    const { next, held: former } = this;
    if (!next) return;
    this.next = null;
    const session = await next.create("cpu");
    try {
      await session.unpack(former.pack(true), this.files.find(former.shelf()));
    } catch (reason) {
      session.free();
      throw reason;
    }
    if (this.isSparing) session.spareMemory();
    [this.engine, this.held, this.isWhole] = [next, session, true];
    former.free();
  }
}
