import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { shareAddress } from "../../client/export";
import type { Failure } from "../../protocol/failure";
import type { ModelName } from "../../protocol/messages";
import type { AppState } from "../../state/model";
import { useActions, useApp, useSelect } from "../app-context";
import { FailureNotice } from "../common/notice";

const MODELS: { name: ModelName; label: string }[] = [
  { name: "student", label: "Student" },
  { name: "base", label: "Base" },
  { name: "teacher", label: "Teacher" },
];

const selectFailure = (state: AppState): Failure | null => state.exportFailure;
const selectHasRun = (state: AppState): boolean => state.run.phase === "finished";

/** Ways to take the results along: report, weights, and a link that repeats the run. */
export function Exports(): JSX.Element {
  const { store, actions } = { ...useApp(), actions: useActions() };
  const failure = useSelect(selectFailure);
  const hasRun = useSelect(selectHasRun);
  const [isCopied, setIsCopied] = useState(false);
  const copy = async (): Promise<void> => {
    const address = shareAddress(store.get());
    history.replaceState(null, "", address);
    try {
      await navigator.clipboard.writeText(address);
      setIsCopied(true);
    } catch {
      setIsCopied(false); // the address bar has the link all the same
    }
  };
  return (
    <div class="exports">
      <p class="actions">
        <button
          type="button"
          class="button"
          data-testid="export-report"
          disabled={!hasRun}
          onClick={() => void actions.exportReport()}
        >
          Report (JSON)
        </button>
        {MODELS.map(({ name, label }) => (
          <button
            type="button"
            class="button"
            key={name}
            data-testid={`export-${name}`}
            disabled={!hasRun}
            onClick={() => void actions.exportWeights(name)}
          >
            {label} (safetensors)
          </button>
        ))}
        <button type="button" class="button button-quiet" data-testid="copy-link" onClick={() => void copy()}>
          {isCopied ? "Link copied" : "Copy a link to these settings"}
        </button>
      </p>
      <p class="actions">
        <button type="button" class="button" data-testid="export-config" onClick={actions.exportConfig}>
          Settings (JSON)
        </button>
        <label class="button file-button">
          <input
            type="file"
            class="visually-hidden"
            accept=".json"
            data-testid="import-config"
            onChange={(event) => {
              const input = event.currentTarget;
              const [file] = input.files ?? [];
              input.value = "";
              if (file) void actions.importConfig(file);
            }}
          />
          Load settings
        </label>
        <span class="fine">The same file as the command line's; it can also be dropped anywhere on this page.</span>
      </p>
      {failure && <FailureNotice failure={failure} testId="export-failure" />}
    </div>
  );
}
