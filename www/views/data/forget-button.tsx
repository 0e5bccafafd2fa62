import type { JSX } from "preact";

import type { AppState } from "../../state/model";
import { OWN } from "../../text/page";
import { useActions, useSelect } from "../app-context";

const selectHasScenes = ({ data }: AppState): boolean => data.phase === "ready" && data.source === "scenes";

/** Forgets the pictures that were picked, and shows the built-in scenes again where others took their place. */
export function ForgetButton({ disabled }: { disabled: boolean }): JSX.Element {
  const actions = useActions();
  const hasScenes = useSelect(selectHasScenes);
  return (
    <button
      type="button"
      class="button button-quiet"
      data-testid="forget"
      disabled={disabled}
      onClick={() => {
        actions.forgetFiles();
        if (!hasScenes) void actions.openScenes();
      }}
    >
      {OWN.forget}
    </button>
  );
}
