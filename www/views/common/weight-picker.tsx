import type { JSX } from "preact";

import { FILES } from "../../text/files";

/** A button that picks one weight file. */
export function WeightPicker({
  label,
  testId,
  disabled,
  onPick,
}: {
  label: string;
  testId: string;
  disabled: boolean;
  onPick: (file: File) => void;
}): JSX.Element {
  return (
    <p class="actions">
      <label class={`button file-button ${disabled ? "is-disabled" : ""}`}>
        <input
          type="file"
          class="visually-hidden"
          accept=".safetensors,.pt,.pth,.th,.ckpt,.bin"
          data-testid={testId}
          disabled={disabled}
          onChange={(event) => {
            const input = event.currentTarget;
            const file = input.files?.[0];
            if (file) onPick(file);
            input.value = "";
          }}
        />
        {label}
      </label>
      <span class="fine">{FILES.weights}</span>
    </p>
  );
}
