import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { percent } from "../../render/format";
import type { DataState } from "../../state/model";
import { tell } from "../../text/i18n";
import { SCENES } from "../../text/page";
import { useActions, useSettings } from "../app-context";
import { Folded } from "../common/folded";
import { SettingField } from "../common/setting-field";
import { Sheets } from "./sheets";

/** The built-in scenes: the dial that decides how much the background gives away, and what comes of it. */
export function ScenesPanel({ data, disabled }: { data: DataState; disabled: boolean }): JSX.Element {
  const settings = useSettings();
  const dial = settings?.scenes.backgroundDial;
  return (
    <>
      <Dial disabled={disabled} />
      <Sheets
        data={data}
        trainNote={dial === undefined ? "" : tell("page.scenes.dialText", { percent: percent(dial).text })}
        testNote={SCENES.testText}
      />
      <Folded summary={SCENES.settings}>
        {() => (
          <div class="fields">
            {["train", "test", "size", "scene-seed"].map((name) => (
              <SettingField key={name} name={name} disabled={disabled} />
            ))}
          </div>
        )}
      </Folded>
    </>
  );
}

function Dial({ disabled }: { disabled: boolean }): JSX.Element | null {
  const settings = useSettings();
  const actions = useActions();
  const [draft, setDraft] = useState<number | null>(null);
  if (!settings) return null;
  const value = draft ?? settings.scenes.backgroundDial;
  return (
    <div class="dial">
      <label for="dial">{SCENES.dial}</label>
      <input
        id="dial"
        data-testid="dial"
        type="range"
        min="0"
        max="1"
        step="0.05"
        value={value}
        disabled={disabled}
        onInput={(event) => {
          setDraft(event.currentTarget.valueAsNumber);
        }}
        onChange={(event) => {
          actions.set("dial", event.currentTarget.value);
          setDraft(null);
        }}
      />
      <output for="dial">{percent(value).text}</output>
    </div>
  );
}
