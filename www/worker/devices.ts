import type { DeviceChoice, DeviceReport } from "../protocol/contract";
import { toFailure } from "../protocol/failure";
import type { DeviceActivity, DeviceNews } from "../protocol/messages";
import { nextMacrotask } from "./macrotask";
import type { JobControl, JobQueue } from "./queue";

/** Time without a job before a piece is made, milliseconds: what the page opens with comes first. */
const QUIET = 250;

/** The part of a session that has to do with devices. */
export interface DeviceSource {
  device(): DeviceReport;
  advanceTrial(): Promise<boolean>;
  moveTo(choice: DeviceChoice): Promise<DeviceReport>;
  advancePreparation(): Promise<boolean>;
}

/** Tells the page what has become of the devices. */
export type PostNews = (news: DeviceNews) => Promise<void> | void;

/**
 * What is left to be done about the devices: try both, move to the quicker one, compile the kernels of a GPU. All of it
 * in pieces, between which a visitor's jobs find their place.
 */
export class DeviceWork {
  private left: DeviceActivity = null;
  private told: DeviceActivity = null;
  private isTended = false;

  constructor(
    private readonly source: DeviceSource,
    private readonly post: PostNews,
  ) {}

  /** Takes up what a choice asks for, on the device that is open now. */
  begin(choice: DeviceChoice): void {
    this.left = choice === "auto" ? "trying" : this.preparation();
  }

  /** Makes all pieces that are left, whenever the queue is quiet. */
  async tend(queue: JobQueue): Promise<void> {
    if (this.isTended) return;
    this.isTended = true;
    try {
      while (this.left) {
        await queue.runWhenQuiet(QUIET, () => this.advance());
        await nextMacrotask();
      }
    } catch (reason) {
      await this.post({ failure: toFailure(reason) });
    } finally {
      this.isTended = false;
    }
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

  /** Decides which device makes the numbers, for a job that is worth the wait. */
  async settle(control: JobControl): Promise<void> {
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
    await this.post({ device: this.source.device(), activity: this.left });
  }
}
