import type { DeviceChoice, DeviceReport } from "../protocol/contract";
import { toFailure } from "../protocol/failure";
import type { DeviceActivity, DeviceNews, LoadProgress } from "../protocol/messages";
import { nextMacrotask } from "./macrotask";
import type { JobControl, JobQueue } from "./queue";
import type { Tell } from "./supply";

/** Time without a job before a piece is made, milliseconds: what the page opens with comes first. */
const QUIET = 250;
/** Longest wait of a training for the engine that knows GPUs, seconds by the pace of its download so far. */
const PATIENCE = 10;
/** Time between two looks at that pace, milliseconds. */
const LOOK = 100;

/** The part of a session that has to do with devices. */
export interface DeviceSource {
  /** Whether an engine is there that knows GPUs. */
  readonly hasWhole: boolean;
  /** Loads it, where the browser has an adapter; must not run within a job, since it takes as long as the network does. */
  fetchWhole(tell: Tell): Promise<void>;
  device(): DeviceReport;
  advanceTrial(): Promise<boolean>;
  moveTo(choice: DeviceChoice): Promise<DeviceReport>;
  advancePreparation(): Promise<boolean>;
}

/** Tells the page what has become of the devices. */
export type PostNews = (news: DeviceNews) => Promise<void> | void;

/**
 * What is left to be done about the devices: fetch the engine that knows GPUs, try both, move to the quicker one, compile the
 * kernels of a GPU. All of it in pieces, between which a visitor's jobs find their place.
 */
export class DeviceWork {
  private left: DeviceActivity = null;
  private told: DeviceActivity = null;
  private isTended = false;
  private download: { begun: number; progress: LoadProgress | null; done: Promise<void> } | null = null;

  constructor(
    private readonly source: DeviceSource,
    private readonly post: PostNews,
  ) {}

  /** Takes up what a choice asks for, on the device that is open now. */
  begin(choice: DeviceChoice): void {
    if (choice === "auto") this.left = this.source.hasWhole ? "trying" : "fetching";
    else this.left = this.preparation();
  }

  /** Makes all pieces that are left, whenever the queue is quiet. */
  async tend(queue: JobQueue): Promise<void> {
    if (this.isTended) return;
    this.isTended = true;
    try {
      while (this.left) {
        if (this.left === "fetching") {
          await this.fetch();
          continue;
        }
        await queue.runWhenQuiet(QUIET, () => this.advance());
        await nextMacrotask();
      }
    } catch (reason) {
      this.left = null;
      await this.post({ failure: toFailure(reason) });
    } finally {
      this.isTended = false;
    }
  }

  /** Has the engine that knows GPUs loaded, for a choice that may need it. */
  async fetchFor(choice: DeviceChoice): Promise<void> {
    if (choice !== "cpu") await this.fetch();
  }

  /** Loads it once, however many wait for it; where there is no adapter the trial says so. */
  private async fetch(): Promise<void> {
    if (!this.source.hasWhole) {
      this.download ??= this.begun();
      await this.download.done;
    }
    if (this.left === "fetching") this.left = "trying";
  }

  private begun(): NonNullable<DeviceWork["download"]> {
    const tell = (progress: LoadProgress): void => {
      if (!this.download) return;
      this.download.progress = progress;
      void this.tell();
    };
    const done = this.source.fetchWhole(tell).finally(() => {
      this.download = null;
    });
    return { begun: performance.now(), progress: null, done };
  }

  /** Whether what is left of the download is worth the wait, by its pace so far. */
  private isNear(): boolean {
    // About to begin, or over a moment ago.
    if (!this.download) return true;
    const { begun, progress } = this.download;
    const seconds = (performance.now() - begun) / 1000;
    if (!progress?.total || progress.received === 0) return seconds < PATIENCE;
    return (seconds / progress.received) * (progress.total - progress.received) < PATIENCE;
  }

  /** Makes one piece, unless a job has made the last one; the page hears what it is about, and what came of it. */
  private async advance(): Promise<void> {
    if (this.left !== this.told) await this.tell();
    const { left } = this;
    // Where a piece fails no other is made, and the session stays where it is.
    this.left = null;
    if (left === "trying") {
      if (await this.source.advanceTrial()) this.left = left;
      else {
        await this.source.moveTo("auto");
        this.left = this.preparation();
      }
    } else if (left === "preparing" && (await this.source.advancePreparation())) {
      this.left = left;
    }
    if (this.left !== left) await this.tell();
  }

  /** Decides which device makes the numbers, for a job that is worth the wait; not for one that would wait too long. */
  async settle(control: JobControl): Promise<void> {
    while (this.left === "fetching" && this.isNear()) {
      await control.checkpoint();
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
    while (this.left === "trying") {
      await control.checkpoint();
      await this.advance();
      await nextMacrotask();
    }
  }

  /** Goes on with the device of a choice. */
  async choose(choice: DeviceChoice, control: JobControl): Promise<void> {
    if (choice === "auto" && !this.source.device().trial) {
      this.left = "trying";
      await this.settle(control);
    } else {
      await this.source.moveTo(choice);
      this.left = this.preparation();
    }
    // What comes next is told anew: the page takes the move as the end of what was told before.
    this.told = null;
  }

  /** A program that stands in for a GPU spends its time on the work itself, not on compiling it. */
  private preparation(): DeviceActivity {
    const { kind, software } = this.source.device();
    return kind === "webgpu" && software !== true ? "preparing" : null;
  }

  private async tell(): Promise<void> {
    this.told = this.left;
    const fetched = this.download?.progress ?? null;
    await this.post({ device: this.source.device(), activity: this.left, fetched });
  }
}
