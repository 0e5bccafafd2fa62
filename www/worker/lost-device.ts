import { type Failure, failure, PAGE_CODES } from "../protocol/failure";
import { outOfMemory } from "./out-of-memory";

/**
 * Devices that are open: the engine asks the browser for them, and nobody else would hear that one is lost. Those that it
 * lets go of are not held here.
 */
const open = new Set<WeakRef<GPUDevice>>();

/** Calls back when a device that the engine opens from now on is lost (its driver or its process is gone) or has no memory left. */
export function hearOfLoss(tell: (lost: Failure) => void): void {
  if (typeof GPUAdapter === "undefined") return;
  const { requestDevice } = GPUAdapter.prototype;
  GPUAdapter.prototype.requestDevice = async function (this: GPUAdapter, descriptor) {
    const device = await requestDevice.call(this, descriptor);
    const opened = new WeakRef(device);
    open.add(opened);
    device.addEventListener("uncapturederror", ({ error }) => {
      if (error instanceof GPUOutOfMemoryError) tell(outOfMemory(error.message));
    });
    void device.lost.then(({ reason, message }) => {
      open.delete(opened);
      tell(lost([reason, message].filter(Boolean).join(": ")));
    });
    return device;
  };
}

/** Loses every open device on purpose. */
export function loseDevices(): void {
  for (const opened of open) opened.deref()?.destroy();
}

function lost(details: string): Failure {
  const sentence = "The GPU was lost: its driver, its process or its memory is gone. Start the engine again.";
  return failure(PAGE_CODES.deviceLost, sentence, "UnicamError", details);
}
