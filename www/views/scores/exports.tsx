import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { shareAddress } from "../../client/export";
import type { Failure } from "../../protocol/failure";
import type { ModelName } from "../../protocol/messages";
import type { AppState } from "../../state/model";
import { tell } from "../../text/i18n";
import { EXPORTS, WORDS } from "../../text/page";
import { REPLAY } from "../../text/replay";
import { useActions, useApp, useSelect } from "../app-context";
import { FailureNotice } from "../common/notice";

const MODELS: readonly ModelName[] = ["student", "base", "teacher"];

const selectFailure = (state: AppState): Failure | null => state.exportFailure;
const selectHasRun = (state: AppState): boolean => state.run.phase === "finished";
const selectHasScores = (state: AppState): boolean => state.scores.phase === "ready";

/** Ways to take the results along: a reviewer's bundle, report, scores, weights, and a link that repeats the run. */
export function Exports(): JSX.Element {
  const { store, actions } = { ...useApp(), actions: useActions() };
  const failure = useSelect(selectFailure);
  const hasRun = useSelect(selectHasRun);
  const hasScores = useSelect(selectHasScores);
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
          data-testid="export-bundle"
          disabled={!hasRun}
          onClick={() => void actions.exportBundle()}
        >
          {REPLAY.save}
        </button>
        <button
          type="button"
          class="button"
          data-testid="export-scores"
          disabled={!hasScores}
          onClick={() => void actions.exportScores()}
        >
          {EXPORTS.scores}
        </button>
        <button
          type="button"
          class="button"
          data-testid="export-report"
          disabled={!hasRun}
          onClick={() => void actions.exportReport()}
        >
          {EXPORTS.report}
        </button>
        {MODELS.map((name) => (
          <button
            type="button"
            class="button"
            key={name}
            data-testid={`export-${name}`}
            disabled={!hasRun}
            onClick={() => void actions.exportWeights(name)}
          >
            {tell("page.exports.weights", { network: WORDS[name] })}
          </button>
        ))}
        <button type="button" class="button button-quiet" data-testid="copy-link" onClick={() => void copy()}>
          {isCopied ? EXPORTS.copied : EXPORTS.copy}
        </button>
      </p>
      <p class="actions">
        <button type="button" class="button" data-testid="export-config" onClick={actions.exportConfig}>
          {EXPORTS.settings}
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
          {EXPORTS.load}
        </label>
        <label class="button file-button">
          <input
            type="file"
            class="visually-hidden"
            accept=".zip"
            data-testid="open-bundle"
            onChange={(event) => {
              const input = event.currentTarget;
              const [file] = input.files ?? [];
              input.value = "";
              if (file) void actions.openBundle(file);
            }}
          />
          {REPLAY.open}
        </label>
        <span class="fine">{EXPORTS.note}</span>
      </p>
      {failure && <FailureNotice failure={failure} testId="export-failure" />}
    </div>
  );
}
