import type { JSX } from "preact";

import type { LinkedRun } from "../../state/linked-run";
import type { AppState } from "../../state/model";
import { isBusy } from "../../state/select";
import { listed, tell, texts } from "../../text/i18n";
import { useActions, useSelect } from "../app-context";
import { Notice } from "../common/notice";
import { showSection } from "../common/section";

const LINK = texts("link");

const selectLinked = ({ linked, run }: AppState): LinkedRun | null => (run.phase === "idle" ? linked : null);

/** Whether everything that the link cannot hold is at hand. */
const selectCanRepeat = (state: AppState): boolean => {
  const { linked, data, teacher } = state;
  if (!linked || state.engine.phase !== "ready" || isBusy(state)) return false;
  const hasData = linked.data === "scenes" || (data.phase === "ready" && data.source === linked.data);
  return hasData && (linked.teacher !== "file" || (teacher.phase === "ready" && teacher.source.kind === "file"));
};

/** Most entries of an address that are named, and the most letters of each. */
const [MOST_ENTRIES, MOST_LETTERS] = [5, 40];

const selectRefused = (state: AppState): readonly string[] => state.refused;

/** What stands in the page's address and is not taken: a run without it would be another one. */
export function RefusedNotice(): JSX.Element | null {
  const refused = useSelect(selectRefused);
  if (refused.length === 0) return null;
  const named = refused.slice(0, MOST_ENTRIES).map((entry) => entry.slice(0, MOST_LETTERS));
  const entries = listed([...named, ...(refused.length > MOST_ENTRIES ? ["…"] : [])]);
  return <Notice testId="refused">{tell("link.refused", { entries })}</Notice>;
}

/** What the page's address holds beside settings, with the one click that makes it true. */
export function LinkNotice(): JSX.Element | null {
  const linked = useSelect(selectLinked);
  const canRepeat = useSelect(selectCanRepeat);
  const actions = useActions();
  if (!linked) return null;
  const { data, teacher, networks } = linked;
  return (
    <Notice testId="link">
      <p>
        {tell("link.holds", {
          data: LINK.data[data],
          teacher: LINK.teacher[teacher],
          networks: LINK.networks[networks],
        })}
      </p>
      <p class="actions">
        <button
          type="button"
          class="button"
          data-testid="repeat-link"
          disabled={!canRepeat}
          onClick={() => void actions.repeatLink(showSection)}
        >
          {LINK.repeat}
        </button>
      </p>
    </Notice>
  );
}
