import type { JSX } from "preact";

import type { FileReading } from "../../protocol/contract";
import { wordOf } from "../../state/normalisation";
import { TEACHER } from "../../text/page";
import { useActions } from "../app-context";
import { Notes } from "../common/notes";

/** How the Teacher's file was read, and what can be done where another way would fit the pictures much better. */
export function ReadingNotes({ reading, disabled }: { reading: FileReading; disabled: boolean }): JSX.Element | null {
  const actions = useActions();
  const { network, networks, betterOrder, betterNormalisation, notes } = reading;
  if (notes.length === 0) return null;
  const isHere = actions.hasTeacherFile();
  return (
    <div data-testid="teacher-reading">
      <Notes notes={notes} />
      {!isHere && (networks.length > 1 || betterOrder) && (
        <p class="hint" data-testid="teacher-file-gone">
          {TEACHER.fileGone}
        </p>
      )}
      {networks.length > 1 && (
        <div class="field">
          <label for="teacher-network">{TEACHER.networks}</label>
          <select
            id="teacher-network"
            data-testid="teacher-network"
            disabled={disabled || !isHere}
            value={network}
            onChange={(event) => {
              void actions.readTeacher({ network: event.currentTarget.value, order: [] });
            }}
          >
            {networks.map((name) => (
              <option key={name} value={name}>
                {name || "—"}
              </option>
            ))}
          </select>
        </div>
      )}
      <p class="actions">
        {betterOrder && (
          <button
            type="button"
            class="button"
            data-testid="take-order"
            disabled={disabled || !isHere}
            onClick={() => {
              const { order } = betterOrder;
              void actions.readTeacher({ network: networks.length > 1 ? network : null, order });
            }}
          >
            {TEACHER.takeOrder}
          </button>
        )}
        {betterNormalisation && (
          <button
            type="button"
            class="button"
            data-testid="take-normalisation"
            disabled={disabled}
            onClick={() => {
              actions.set("normalisation", wordOf(betterNormalisation.normalisation));
            }}
          >
            {TEACHER.takeNormalisation}
          </button>
        )}
      </p>
    </div>
  );
}
