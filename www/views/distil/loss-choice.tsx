import type { JSX } from "preact";

import { LOSS_KINDS, temperatureOf, usualTerm } from "../../state/settings";
import { fieldText, LOSS_NAMES } from "../../text/fields";
import { useActions, useSettings } from "../app-context";
import { SettingField } from "../common/setting-field";

/** What the Student learns from the Teacher: the loss, its weight, and its temperature where it has one. */
export function LossChoice({ disabled }: { disabled: boolean }): JSX.Element | null {
  const settings = useSettings();
  const actions = useActions();
  if (!settings) return null;
  const chosen = settings.student.loss;
  const choose = (text: string): void => {
    const kind = LOSS_KINDS.find((candidate) => candidate === text);
    if (!kind) return;
    // Weights of different losses are worlds apart: a new loss comes with its usual ones.
    const { weight, loss } = usualTerm(kind);
    const temperature = temperatureOf(loss);
    actions.set("loss", kind);
    actions.set("beta", String(weight));
    if (temperature !== null) actions.set("temperature", String(temperature));
  };
  return (
    <div class="fields">
      <div class="field">
        <label for="field-loss">{fieldText("loss").label}</label>
        <select
          id="field-loss"
          data-testid="field-loss"
          disabled={disabled}
          value={chosen}
          onChange={(event) => {
            choose(event.currentTarget.value);
          }}
        >
          {LOSS_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {LOSS_NAMES[kind]}
            </option>
          ))}
        </select>
      </div>
      <SettingField name="beta" disabled={disabled} />
      {temperatureOf(usualTerm(chosen).loss) !== null && <SettingField name="temperature" disabled={disabled} />}
    </div>
  );
}
