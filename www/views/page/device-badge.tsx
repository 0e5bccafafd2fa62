import type { JSX } from "preact";

import { megabytes } from "../../render/format";
import type { AppState, EngineState } from "../../state/model";
import { DEVICE } from "../../text/page";
import { useSelect } from "../app-context";

export const selectEngine = (state: AppState): EngineState => state.engine;

/** Says which device makes the numbers. */
export function DeviceBadge(): JSX.Element {
  const engine = useSelect(selectEngine);
  if (engine.phase === "ready") {
    const { kind, name } = engine.device;
    return (
      <span class={`badge badge-${kind}`} title={DEVICE.explanation} data-testid="device-badge" data-kind={kind}>
        <strong>{DEVICE.names[kind]}</strong> {name}
      </span>
    );
  }
  if (engine.phase === "failed") {
    return (
      <span class="badge badge-failed" data-testid="device-badge" data-kind="none">
        <strong>No engine</strong>
      </span>
    );
  }
  const { received, total } = engine;
  const amount = total ? `${megabytes(received).text} of ${megabytes(total).text}` : megabytes(received).text;
  return (
    <span class="badge" data-testid="device-badge" data-kind="loading">
      {DEVICE.loading}
      {received > 0 && ` · ${amount}`}
    </span>
  );
}
