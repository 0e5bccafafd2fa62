import type { JSX } from "preact";

import type { ImagesReport } from "../../protocol/contract";

/** What is worth knowing of the collected pictures before a number that comes of them is believed: the engine's notes. */
export function ImagesNotes({ images }: { images: ImagesReport }): JSX.Element {
  return (
    <ul class="fine" data-testid="images-notes">
      {(images.notes ?? []).map(({ code, message }) => (
        <li key={code} data-code={code}>
          {message}
        </li>
      ))}
    </ul>
  );
}
