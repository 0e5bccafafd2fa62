import type { ModelName } from "../protocol/messages";
import type { AppState } from "../state/model";
import { buildReport } from "../state/report";
import { completeHash } from "../state/url";

/** Saves the report of what the page shows. */
export function saveReport(state: AppState): void {
  const report = buildReport(state, {
    address: shareAddress(state),
    userAgent: navigator.userAgent,
    createdAt: new Date().toISOString(),
  });
  save(new Blob([JSON.stringify(report, null, 2)], { type: "application/json" }), "unicam-report.json");
}

/** Saves weights as a safetensors file. */
export function saveWeights(bytes: Uint8Array, model: ModelName): void {
  save(new Blob([new Uint8Array(bytes)], { type: "application/octet-stream" }), `unicam-${model}.safetensors`);
}

/** The address with every setting in it. */
export function shareAddress({ settings }: AppState): string {
  const { origin, pathname, search } = location;
  return `${origin}${pathname}${search}${settings ? `#${completeHash(settings)}` : ""}`;
}

function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 10_000);
}
