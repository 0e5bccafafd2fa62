import type { JSX } from "preact";

import { megabytes } from "../../render/format";
import { KEPT_FORMAT, type WorkSummary } from "../../state/kept-work";
import { isBusy } from "../../state/select";
import { languageNow, tell } from "../../text/i18n";
import { KEEPING, momentText } from "../../text/keeping";
import { useActions, useSelect } from "../app-context";
import { selectKeeping, workText } from "./kept-notice";

/** What is kept on this device, and how to be rid of it. */
export function KeptPanel(): JSX.Element {
  const { works, saved, deleted, trouble } = useSelect(selectKeeping);
  const actions = useActions();
  const { title, text, nothing, earlier, deleteAll } = KEEPING.panel;
  return (
    <section class="kept" aria-labelledby="kept-title" data-testid="kept">
      <h2 id="kept-title">{title}</h2>
      <p class="fine">{text}</p>
      <p class="fine" data-testid="kept-saved" data-bytes={saved?.bytes}>
        {saved
          ? tell("keeping.panel.savedAt", {
              time: momentText(saved.at, languageNow()),
              size: megabytes(saved.bytes).text,
            })
          : nothing}
      </p>
      {works.length > 0 && (
        <>
          <h3>{earlier}</h3>
          <ul class="kept-works">
            {works.map((work) => (
              <KeptRow key={work.id} work={work} />
            ))}
          </ul>
        </>
      )}
      <p class="actions">
        <button
          type="button"
          class="button button-small"
          data-testid="delete-all"
          disabled={!saved && works.length === 0 && !trouble}
          onClick={() => void actions.deleteAllWork()}
        >
          {deleteAll}
        </button>{" "}
        {deleted !== null && (
          <span class="fine" role="status" data-testid="deleted" data-bytes={deleted}>
            {tell("keeping.panel.deleted", { size: megabytes(deleted).text })}
          </span>
        )}
      </p>
    </section>
  );
}

function KeptRow({ work }: { work: WorkSummary }): JSX.Element {
  const actions = useActions();
  const busy = useSelect(isBusy);
  const canOpen = work.format === KEPT_FORMAT;
  return (
    <li data-testid="kept-work">
      <span>
        {canOpen ? workText(work) : KEEPING.panel.otherVersion} ({megabytes(work.bytes).text})
      </span>{" "}
      {canOpen && (
        <button type="button" class="button button-small" disabled={busy} onClick={() => void actions.takeUp(work.id)}>
          {KEEPING.panel.goOn}
        </button>
      )}{" "}
      <button type="button" class="link" onClick={() => void actions.deleteWork(work.id)}>
        {KEEPING.panel.delete}
      </button>
    </li>
  );
}
