import type { DeviceChoice, DeviceReport, DeviceTrial } from "../protocol/contract";
import { times } from "./times";

/** Shown with the device badge. */
export const DEVICE = {
  names: { webgpu: "WebGPU", cpu: "CPU", cuda: "CUDA", remote: "Remote" },
  explanation: "The device that computes every number on this page. Click to choose another.",
  loading: "Loading the engine",
  none: "No engine",
  restart: "Restart the engine",
  useCpu: "Use the CPU",
  menu: "Device to compute on",
  /** what is done about the device */
  activities: {
    trying: "Trying out the GPU …",
    preparing: "Preparing the GPU: compiling its kernels …",
    moving: "Changing the device …",
  },
  movingLater: "The device changes when the run is over.",
  refused: "The device stays as it is.",
  onCpu: "Computing on the CPU.",
} as const;

/** What can be chosen, in the order in which it is offered. */
export const DEVICE_CHOICES: readonly { choice: DeviceChoice; name: string; note: string }[] = [
  { choice: "auto", name: "The quicker one", note: "both are tried" },
  { choice: "webgpu", name: "WebGPU", note: "the GPU, through the browser" },
  { choice: "cpu", name: "CPU", note: "WebAssembly, one thread" },
];

/** A device by its name; an adapter that is a program and no GPU is called what it is. */
export function deviceName({ kind, name, software }: DeviceReport): { kind: string; name: string } {
  return software
    ? { kind: `${DEVICE.names[kind]} in software`, name: `(${name})` }
    : { kind: DEVICE.names[kind], name };
}

/** How much quicker one device was than the other. */
export function trialText({ work, cpuMs, webgpuMs, software, adapter }: DeviceTrial): string {
  const gpu = software ? `this software adapter (${adapter})` : "your GPU";
  const [slower, quicker, ratio] =
    webgpuMs < cpuMs ? ["the CPU", gpu, cpuMs / webgpuMs] : [gpu, "the CPU", webgpuMs / cpuMs];
  const often = times(ratio);
  // A program that multiplies far too slowly is not asked to train.
  const does = work === "product" ? "multiplies" : "is";
  return often ? `${quicker} ${does} ${often} as fast as ${slower} here` : `the CPU and ${gpu} are about as fast here`;
}
