import type { JSX } from "preact";

import type { AppState } from "../../state/model";
import { isBusy } from "../../state/select";
import { UPDATE } from "../../text/page";
import { useActions, useSelect } from "../app-context";

const selectUpdate = ({ update }: AppState): boolean => update;
const selectMissing = ({ missing }: AppState): boolean => missing;

/** That a newer version of the page is here; it is taken only by a click, and never from under a run. */
export function UpdateNotice(): JSX.Element | null {
  const waits = useSelect(selectUpdate);
  const busy = useSelect(isBusy);
  const actions = useActions();
  if (!waits) return null;
  return (
    <p class="device-notice" role="status" data-testid="update">
      <strong>{UPDATE.waiting}</strong>{" "}
      {busy ? (
        UPDATE.busy
      ) : (
        <button type="button" class="button" data-testid="take-update" onClick={actions.takeUpdate}>
          {UPDATE.take}
        </button>
      )}
    </p>
  );
}

/** That a part of the page could not be fetched; it comes with the page as it is now. */
export function MissingNotice(): JSX.Element | null {
  const isMissing = useSelect(selectMissing);
  if (!isMissing) return null;
  return (
    <p class="device-notice" role="status" data-testid="part-missing">
      <strong>{UPDATE.missing}</strong>{" "}
      <button
        type="button"
        class="button"
        onClick={() => {
          location.reload();
        }}
      >
        {UPDATE.reload}
      </button>
    </p>
  );
}
