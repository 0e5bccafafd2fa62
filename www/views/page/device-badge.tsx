import type { JSX } from "preact";

import type { LoadProgress } from "../../protocol/messages";
import { megabytes } from "../../render/format";
import type { AppState, EngineState } from "../../state/model";
import { activeTraining } from "../../state/select";
import { DEVICE, deviceName, trialText } from "../../text/device";
import { tell } from "../../text/i18n";
import { useSelect } from "../app-context";
import { DeviceMenu } from "./device-menu";

export const selectEngine = (state: AppState): EngineState => state.engine;
const selectIsTraining = (state: AppState): boolean => activeTraining(state) !== null;

/** Says which device makes the numbers, how quick it is beside the other, and what is done about it. */
export function DeviceBadge(): JSX.Element {
  const engine = useSelect(selectEngine);
  if (engine.phase === "ready") return <ReadyBadge engine={engine} />;
  if (engine.phase === "failed") {
    return (
      <span class="badge badge-failed" data-testid="device-badge" data-kind="none">
        <strong>{DEVICE.none}</strong>
      </span>
    );
  }
  if (engine.phase === "recovering") {
    return (
      <span class="badge" data-testid="device-badge" data-kind="recovering">
        {DEVICE.loading}
      </span>
    );
  }
  return (
    <span class="badge" data-testid="device-badge" data-kind="loading">
      {DEVICE.loading}
      {engine.received > 0 && ` · ${amountOf(engine)}`}
    </span>
  );
}

function amountOf({ received, total }: LoadProgress): string {
  if (!total) return megabytes(received).text;
  return tell("device.amount", { received: megabytes(received).text, total: megabytes(total).text });
}

/**
 * How much of the engine that knows GPUs has come: in the line of what is announced, which it must not be part of, since it
 * changes all the time.
 */
function FetchedPart(progress: LoadProgress): JSX.Element {
  const { received, total } = progress;
  return (
    <span class="fine device-fetched" data-testid="device-fetched">
      {DEVICE.fetched} <progress aria-label={DEVICE.activities.fetching} max={total ?? undefined} value={received} />{" "}
      {amountOf(progress)}
    </span>
  );
}

function ReadyBadge({ engine }: { engine: Extract<EngineState, { phase: "ready" }> }): JSX.Element {
  const isTraining = useSelect(selectIsTraining);
  const { device, activity } = engine;
  const fetched = engine.fetched?.total ? engine.fetched : null;
  const { kind, name } = deviceName(device);
  const trial = device.trial ? trialText(device.trial) : null;
  const doing = activity === "moving" && isTraining ? DEVICE.movingLater : activity && DEVICE.activities[activity];
  return (
    <div class="device">
      <DeviceMenu kind={device.kind} activity={activity} trial={trial}>
        <strong>{kind}</strong> {name}
        {/* Seen in the menu: here it would be a second line above the title. */}
        {trial && (
          <span class="visually-hidden" data-testid="device-trial">
            {" · "}
            {trial}
          </span>
        )}
      </DeviceMenu>
      <span class="device-doing">
        <span class="fine" role="status" data-testid="device-activity">
          {fetched ? <span class="visually-hidden">{doing}</span> : doing}
        </span>
        {fetched && <FetchedPart {...fetched} />}
      </span>
    </div>
  );
}
