import type { JSX } from "preact";

import { canRepeat, givenTo } from "../../state/link";
import type { LinkedRun } from "../../state/linked-run";
import type { AppState } from "../../state/model";
import { listed, tell, texts } from "../../text/i18n";
import { useActions, useSelect } from "../app-context";
import { Notice } from "../common/notice";
import { showSection } from "../common/section";

const LINK = texts("link");

const selectLinked = ({ linked, run }: AppState): LinkedRun | null =>
  run.phase === "running" || run.phase === "loading" ? null : linked;

/** What has to be given, as words with commas between, so that the same words are the same value. */
const selectGiven = (state: AppState): string =>
  givenTo(state)
    .map(({ what }) => what)
    .join();

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
  const mayRepeat = useSelect(canRepeat);
  const given = useSelect(selectGiven);
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
        {given !== "" &&
          given.split(",").map((what) => <span key={what}> {LINK.given[what as keyof typeof LINK.given]}</span>)}
      </p>
      <p class="actions">
        <button
          type="button"
          class="button"
          data-testid="repeat-link"
          disabled={!mayRepeat}
          onClick={() => void actions.repeatLink(showSection)}
        >
          {LINK.repeat}
        </button>
      </p>
    </Notice>
  );
}
