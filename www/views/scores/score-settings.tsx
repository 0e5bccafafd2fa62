import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { propertyOf } from "../../state/properties";
import { rowsText, SCORES } from "../../text/scores";
import { useActions, useSettings } from "../app-context";
import { Folded } from "../common/folded";
import { SettingField } from "../common/setting-field";

/** Fields beside each other: what is compared, and how sure one wants to be of it. */
const SUBJECT = ["pixels", "imputed-share", "labels"];
const UNCERTAINTY = ["permutations", "resamples", "level", "uncertainty-seed"];

/** What the networks see when they are scored, what stands for a class, and how uncertainty is judged. */
export function ScoreSettings(): JSX.Element | null {
  const settings = useSettings();
  if (!settings) return null;
  const { pixels, labels } = settings.scores;
  return (
    <>
      <div class="fields fields-wide">
        {SUBJECT.map((name) => (
          <SettingField key={name} name={name} />
        ))}
      </div>
      <p class="fine">
        {SCORES.pixels[pixels.kind]} {SCORES.labels[labels.kind]}
      </p>
      {labels.kind === "matrix" && <LabelRows rows={labels.rows} />}
      <Folded summary={SCORES.uncertainty}>
        {() => (
          <div class="fields">
            {UNCERTAINTY.map((name) => (
              <SettingField key={name} name={name} />
            ))}
          </div>
        )}
      </Folded>
    </>
  );
}

/** The user's own vectors for the classes: pasted, or out of a file. They take effect when the entry is finished. */
function LabelRows({ rows }: { rows: number[][] }): JSX.Element {
  const actions = useActions();
  const settings = useSettings();
  const [draft, setDraft] = useState<string | null>(null);
  const property = propertyOf("label-rows");
  const text = draft ?? rows.map((row) => row.join(", ")).join("\n");
  const isValid = settings !== null && property.write(settings, text) !== undefined;
  const commit = (entered: string): void => {
    if (!settings || !property.write(settings, entered)) {
      setDraft(entered);
      return;
    }
    actions.set("label-rows", entered);
    setDraft(null);
  };
  return (
    <div class="field">
      <label for="label-rows">{SCORES.rows.label}</label>
      <textarea
        id="label-rows"
        data-testid="label-rows"
        rows={6}
        spellcheck={false}
        value={text}
        placeholder={SCORES.rows.placeholder}
        aria-invalid={!isValid}
        aria-describedby="label-rows-hint"
        onInput={(event) => {
          setDraft(event.currentTarget.value);
        }}
        onChange={(event) => {
          commit(event.currentTarget.value);
        }}
      />
      <span class={isValid ? "hint" : "hint hint-invalid"} id="label-rows-hint" data-testid="label-rows-hint">
        {isValid ? rowsText(rows.length, rows[0]?.length ?? 0) : SCORES.rows.rules}
      </span>
      <p class="actions">
        <label class="button button-small file-button">
          <input
            type="file"
            class="visually-hidden"
            accept=".csv,.tsv,.txt"
            data-testid="label-rows-file"
            onChange={(event) => {
              const input = event.currentTarget;
              const [file] = input.files ?? [];
              input.value = "";
              if (file) void file.text().then(commit);
            }}
          />
          {SCORES.rows.pick}
        </label>
        <span class="fine">{SCORES.rows.formats}</span>
      </p>
    </div>
  );
}
