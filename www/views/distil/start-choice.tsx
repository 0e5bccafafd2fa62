import type { JSX } from "preact";

import { count } from "../../render/format";
import type { AppState, StartState } from "../../state/model";
import { tell, texts } from "../../text/i18n";
import { useActions, useSelect, useSettings } from "../app-context";
import { StartTabs } from "../common/start-tabs";

const START = texts("page.distil.start");

const selectStart = (state: AppState): StartState => state.start;

/** What Student and Base start from: random weights, or given ones that are then fine-tuned. */
export function StartChoice({ disabled }: { disabled: boolean }): JSX.Element | null {
  const start = useSelect(selectStart);
  const settings = useSettings();
  const actions = useActions();
  if (!settings) return null;
  return (
    <StartTabs
      name="start"
      words={START}
      chosen={settings.distillation.start}
      disabled={disabled}
      failure={start.phase === "failed" ? start.failure : null}
      onChoose={(value) => {
        actions.set("start", value);
      }}
      onPick={(file) => void actions.loadStart(file)}
    >
      {startText(start)}
    </StartTabs>
  );
}

function startText(start: StartState): string {
  if (start.phase === "loading") return tell("page.distil.start.reading", { name: start.name });
  if (start.phase !== "ready") return START.none;
  if (start.source.kind !== "file") return START.shipped;
  const network = start.card?.name ?? START.network;
  const { parameters } = start.card ?? {};
  const told = parameters
    ? tell("page.distil.start.parameters", { network, parameters: count(parameters).text })
    : network;
  return tell("page.distil.start.file", { name: start.source.name, network: told });
}
