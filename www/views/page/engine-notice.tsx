import type { JSX } from "preact";

import { DEVICE } from "../../text/page";
import { useActions, useSelect } from "../app-context";
import { FailureNotice } from "../common/notice";
import { selectEngine } from "./device-badge";

/** Why the engine is gone, and how to get it back. */
export function EngineFailure(): JSX.Element | null {
  const engine = useSelect(selectEngine);
  const actions = useActions();
  if (engine.phase !== "failed") return null;
  return (
    <FailureNotice failure={engine.failure} testId="engine-failure">
      <p class="actions">
        <button type="button" class="button" data-testid="restart" onClick={() => void actions.start()}>
          {DEVICE.restart}
        </button>
        {engine.failure.code === "no-webgpu" && (
          <a class="button" href="?device=cpu">
            Use the CPU
          </a>
        )}
      </p>
    </FailureNotice>
  );
}

/** Why the numbers come from the CPU, where WebGPU was wished for. */
export function DeviceNotice(): JSX.Element | null {
  const engine = useSelect(selectEngine);
  if (engine.phase !== "ready" || !engine.device.notice) return null;
  return (
    <p class="device-notice" role="status" data-testid="device-notice">
      <strong>Computing on the CPU.</strong> {engine.device.notice}
    </p>
  );
}
