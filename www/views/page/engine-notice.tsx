import type { JSX } from "preact";

import { reloadOn } from "../../client/address";
import { PAGE_CODES } from "../../protocol/failure";
import { DEVICE } from "../../text/device";
import { useActions, useSelect } from "../app-context";
import { FailureText } from "../common/failure-text";
import { FailureNotice } from "../common/notice";
import { selectEngine } from "./device-badge";

/** Failures of a GPU, or that may be those of one. */
const MENDED_BY_CPU = ["no-webgpu", "device-failed", PAGE_CODES.engineCrashed, PAGE_CODES.wholeEngineNotLoaded];

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
        {MENDED_BY_CPU.includes(engine.failure.code) && (
          <button
            type="button"
            class="button"
            data-testid="use-cpu"
            onClick={() => {
              reloadOn("cpu");
            }}
          >
            {DEVICE.useCpu}
          </button>
        )}
      </p>
    </FailureNotice>
  );
}

/** Why the numbers come from the CPU where WebGPU would have been tried, or why a device that was chosen is not taken. */
export function DeviceNotice(): JSX.Element | null {
  const engine = useSelect(selectEngine);
  if (engine.phase !== "ready") return null;
  const { device, refused } = engine;
  if (!refused && !device.notice) return null;
  return (
    <p class="device-notice" role="status" data-testid="device-notice" data-code={refused?.code}>
      <strong>{refused ? DEVICE.refused : DEVICE.onCpu}</strong>{" "}
      {refused ? <FailureText {...refused} /> : device.notice}
    </p>
  );
}
