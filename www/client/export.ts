import type { Circumstances, SessionConfig } from "../protocol/contract";
import type { ModelName } from "../protocol/messages";
import type { AppState } from "../state/model";
import { shareLink } from "../state/link";

/** What only the page knows of a report. */
export function circumstances(state: AppState, files: Circumstances["files"]): Circumstances {
  return {
    origin: { kind: "page", address: shareAddress(state), userAgent: navigator.userAgent },
    createdAt: new Date().toISOString(),
    files,
  };
}

/** Saves settings as the file that page and command line both read. */
export function saveConfig(config: SessionConfig): void {
  save(new Blob([JSON.stringify(config, null, 2)], { type: "application/json" }), "unicam-config.json");
}

/** Saves weights as a safetensors file. */
export function saveWeights(bytes: Uint8Array, model: ModelName): void {
  save(new Blob([new Uint8Array(bytes)], { type: "application/octet-stream" }), `unicam-${model}.safetensors`);
}

/** The address with the whole state in it: the same digits for whoever opens it. */
export function shareAddress(state: AppState): string {
  const { origin, pathname, search } = location;
  return `${origin}${pathname}${shareLink(state, search)}`;
}

/** Hands a file to the browser, to be saved under a name. */
export function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 10_000);
}
