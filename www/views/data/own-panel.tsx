import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { filesFromPicker } from "../../client/files";
import type { DataState } from "../../state/model";
import { OWN } from "../../text/page";
import { useActions } from "../app-context";
import { SettingField } from "../common/setting-field";
import { FileTable } from "./file-table";
import { ImagesNotes } from "./images-notes";
import { Sheets } from "./sheets";

/** The user's own pictures: ways to pick them, what became of each file, and what data that makes. */
export function OwnPanel({ data, disabled }: { data: DataState; disabled: boolean }): JSX.Element {
  const actions = useActions();
  const [looseClass, setLooseClass] = useState("");
  const isOwn = "source" in data && data.source === "images";
  const add = (input: HTMLInputElement): void => {
    const files = filesFromPicker(input.files ?? []);
    input.value = "";
    if (files.length > 0) void actions.addFiles(files, looseClass);
  };
  return (
    <>
      <div class="dropzone">
        <p>{OWN.lead}</p>
        <p class="actions">
          <FilePicker label={OWN.pickFolder} testId="pick-folder" isFolder disabled={disabled} onPick={add} />
          <FilePicker label={OWN.pickFiles} testId="pick-files" disabled={disabled} onPick={add} />
          {isOwn && (
            <button
              type="button"
              class="button button-quiet"
              disabled={disabled}
              onClick={() => {
                actions.forgetFiles();
                void actions.openScenes();
              }}
            >
              {OWN.forget}
            </button>
          )}
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
      {isOwn && <FileTable data={data} />}
      {isOwn && data.phase === "ready" && <ClassCounts data={data} />}
      {isOwn && data.phase === "ready" && data.report.images && <ImagesNotes images={data.report.images} />}
      {isOwn && <Sheets data={data} />}
      <details class="advanced">
        <summary>Size, share for testing, limit and seed</summary>
        <div class="fields">
          {["side", "test-share", "per-class", "split-seed"].map((name) => (
            <SettingField key={name} name={name} disabled={disabled} />
          ))}
        </div>
      </details>
    </>
  );
}

function FilePicker({
  label,
  testId,
  isFolder = false,
  disabled,
  onPick,
}: {
  label: string;
  testId: string;
  isFolder?: boolean;
  disabled: boolean;
  onPick: (input: HTMLInputElement) => void;
}): JSX.Element {
  return (
    <label class={`button file-button ${disabled ? "is-disabled" : ""}`}>
      <input
        type="file"
        class="visually-hidden"
        data-testid={testId}
        multiple
        disabled={disabled}
        ref={(input) => {
          if (input && isFolder) input.webkitdirectory = true;
        }}
        onChange={(event) => {
          onPick(event.currentTarget);
        }}
      />
      {label}
    </label>
  );
}

function ClassCounts({ data }: { data: Extract<DataState, { phase: "ready" }> }): JSX.Element {
  const { classNames, trainCounts, testCounts } = data.report;
  return (
    <div class="table-scroll">
      <table class="table" data-testid="class-counts">
        <thead>
          <tr>
            <th scope="col">Class</th>
            <th scope="col">Training</th>
            <th scope="col">Test</th>
          </tr>
        </thead>
        <tbody>
          {classNames.map((name, label) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{trainCounts[label]}</td>
              <td>{testCounts[label]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
