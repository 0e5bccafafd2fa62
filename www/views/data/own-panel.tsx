import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { NamedFile } from "../../protocol/messages";
import type { DataState } from "../../state/model";
import { OWN } from "../../text/page";
import { tell } from "../../text/i18n";
import { SETS } from "../../text/sets";
import { useActions } from "../app-context";
import { FilePicker } from "../common/file-picker";
import { CollectedData } from "./collected-data";
import { ForgetButton } from "./forget-button";

/** The user's own pictures: ways to pick them, what became of each file, and what data that makes. */
export function OwnPanel({ data, disabled }: { data: DataState; disabled: boolean }): JSX.Element {
  const actions = useActions();
  const [looseClass, setLooseClass] = useState("");
  const isOwn = "source" in data && data.source === "images";
  const add = (files: NamedFile[]): void => {
    void actions.addFiles(files, looseClass);
  };
  return (
    <>
      <div class="dropzone">
        <p>{OWN.lead}</p>
        <p class="actions">
          <FilePicker label={OWN.pickFolder} testId="pick-folder" isFolder disabled={disabled} onPick={add} />
          <FilePicker label={OWN.pickFiles} testId="pick-files" disabled={disabled} onPick={add} />
          {isOwn && <ForgetButton disabled={disabled} />}
        </p>
        <p class="fine">{OWN.formats}</p>
        <div class="field field-inline">
          <label for="loose-class">{OWN.looseClass}</label>
          <input
            id="loose-class"
            data-testid="loose-class"
            type="text"
            value={looseClass}
            onInput={(event) => {
              setLooseClass(event.currentTarget.value);
            }}
          />
          <span class="hint">{OWN.looseHint}</span>
        </div>
      </div>
      {isOwn && <KnownSettings data={data} disabled={disabled} />}
      <CollectedData data={data} isShown={isOwn} disabled={disabled} />
    </>
  );
}

/** Offers the settings of the known data set whose classes the pictures have: how its networks saw pictures, and how many to hold out. */
function KnownSettings({ data, disabled }: { data: DataState; disabled: boolean }): JSX.Element | null {
  const actions = useActions();
  const known = data.phase === "ready" ? data.report.dataSet : undefined;
  if (!known) return null;
  return (
    <p class="actions">
      <button
        type="button"
        class="button button-small"
        data-testid="use-known"
        disabled={disabled}
        onClick={() => {
          actions.takeAsDataSet(known);
        }}
      >
        {tell("sets.looksLike", { name: SETS.names[known] })}
      </button>
    </p>
  );
}
