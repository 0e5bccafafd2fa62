import type { DeviceChoice, DeviceReport, DeviceTrial } from "../protocol/contract";
import { tell, tellGiven, texts } from "./i18n";
import { times } from "./times";

/** Shown with the device badge. */
export const DEVICE = texts("device");

/** What can be chosen, in the order in which it is offered. */
export const DEVICE_CHOICES: readonly DeviceChoice[] = ["auto", "webgpu", "cpu"];

/** A device by its name; an adapter that is a program and no GPU is called what it is. */
export function deviceName({ kind, name, software }: DeviceReport): { kind: string; name: string } {
  return software
    ? { kind: tell("device.inSoftware", { kind: DEVICE.names[kind] }), name: `(${name})` }
    : { kind: DEVICE.names[kind], name: tellGiven(name) };
}

/** How much quicker one device was than the other. */
export function trialText({ work, cpuMs, webgpuMs, software, adapter }: DeviceTrial): string {
  const cpu = DEVICE.trial.cpu;
  const gpu = software ? tell("device.trial.software", { adapter }) : DEVICE.trial.gpu;
  const [slower, quicker, ratio] = webgpuMs < cpuMs ? [cpu, gpu, cpuMs / webgpuMs] : [gpu, cpu, webgpuMs / cpuMs];
  const often = times(ratio);
  if (!often) return tell("device.trial.alike", { gpu });
  // A program that multiplies far too slowly is not asked to train.
  const does = work === "product" ? "multiplies" : "is";
  return tell(`device.trial.${does}`, { quicker, slower, often });
}
