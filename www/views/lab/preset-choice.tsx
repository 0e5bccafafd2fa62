import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { type PresetName, PRESETS } from "../../state/presets";
import { LAB } from "../../text/lab";
import { useActions } from "../app-context";

/** Recipes out of the literature, each with its source; choosing one lays it over the shipped settings. */
export function PresetChoice({ disabled }: { disabled: boolean }): JSX.Element {
  const actions = useActions();
  const [chosen, setChosen] = useState<PresetName | null>(null);
  const preset = PRESETS.find(({ name }) => name === chosen);
  const { presets } = LAB;
  return (
    <div class="field preset">
      <label for="preset">{presets.label}</label>
      <select
        id="preset"
        data-testid="preset"
        disabled={disabled}
        value={chosen ?? ""}
        aria-describedby="preset-note"
        onChange={(event) => {
          const { value } = event.currentTarget;
          const found = PRESETS.find(({ name }) => name === value);
          if (!found) return;
          setChosen(found.name);
          actions.applyPreset(found.name);
        }}
      >
        <option value="">{presets.choose}</option>
        {PRESETS.map(({ name }) => (
          <option key={name} value={name}>
            {presets.names[name].name}
          </option>
        ))}
      </select>
      <span class="hint" id="preset-note">
        {preset && (
          <>
            {presets.names[preset.name].note}{" "}
            {preset.source && (
              <>
                {presets.source}
                <a href={preset.source.href} rel="noreferrer" data-testid="preset-source">
                  {preset.source.text}
                </a>
              </>
            )}
          </>
        )}
      </span>
    </div>
  );
}
