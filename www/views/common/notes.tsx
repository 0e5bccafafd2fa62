import type { JSX } from "preact";

import type { Note } from "../../protocol/contract";
import { tellNote } from "../../text/i18n";

/** What the engine has to say of pictures or of a network, a sentence or two each. */
export function Notes({ notes, testId }: { notes: readonly Note[]; testId?: string }): JSX.Element {
  return (
    <ul class="fine" data-testid={testId}>
      {notes.map((note) => (
        <li key={note.code} data-code={note.code}>
          {tellNote(note)}
        </li>
      ))}
    </ul>
  );
}
