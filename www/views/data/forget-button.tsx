import type { JSX } from "preact";

import { OWN } from "../../text/page";
import { useActions } from "../app-context";

/** Forgets the pictures that were picked, and shows the built-in scenes again. */
export function ForgetButton({ disabled }: { disabled: boolean }): JSX.Element {
  const actions = useActions();
  return (
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
  );
}
