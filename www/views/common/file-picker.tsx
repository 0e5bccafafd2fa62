import type { JSX } from "preact";

import { filesFromPicker } from "../../client/files";
import type { NamedFile } from "../../protocol/messages";

/** A button that picks files, or with `isFolder` all files of a folder. */
export function FilePicker({
  label,
  testId,
  isFolder = false,
  disabled = false,
  onPick,
}: {
  label: string;
  testId: string;
  isFolder?: boolean;
  disabled?: boolean;
  onPick: (files: NamedFile[]) => void;
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
          const input = event.currentTarget;
          const files = filesFromPicker(input.files ?? []);
          input.value = "";
          if (files.length > 0) onPick(files);
        }}
      />
      {label}
    </label>
  );
}
