import type { JSX } from "preact";

import type { Picture } from "../../protocol/contract";
import { tell } from "../../text/i18n";
import { PictureThumb } from "../common/picture-thumb";

/** Most classes that a sheet shows. */
const MAX_CLASSES = 12;
/** Pictures of a class in a row. */
const PER_CLASS = 6;

/** Some pictures of a split, one row a class. */
export function ContactSheet({
  title,
  note,
  pictures,
  classNames,
  counts,
  testId,
}: {
  title: string;
  note?: string;
  pictures: Picture[];
  classNames: string[];
  counts: number[];
  testId: string;
}): JSX.Element {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const hidden = classNames.length - MAX_CLASSES;
  return (
    <figure class="sheet" data-testid={testId}>
      <figcaption>
        <strong>{title}</strong> <span class="fine">{total.toLocaleString("en-US")}</span>
        {note && <p class="fine">{note}</p>}
      </figcaption>
      <div class="sheet-rows">
        {classNames.slice(0, MAX_CLASSES).map((name, label) => (
          <div class="sheet-row" key={name}>
            <span class="sheet-name" title={tell("page.scenes.count", { name, count: counts[label] ?? 0 })}>
              {name}
            </span>
            {pictures
              .filter((picture) => picture.label === label)
              .slice(0, PER_CLASS)
              .map((picture, i) => (
                <PictureThumb key={i} picture={picture} />
              ))}
          </div>
        ))}
      </div>
      {hidden > 0 && <p class="fine">{tell("page.scenes.more", { count: hidden })}</p>}
    </figure>
  );
}

/** The place of a sheet that is still to come. */
export function SheetSkeleton({ title }: { title: string }): JSX.Element {
  return (
    <figure class="sheet" aria-busy="true">
      <figcaption>
        <strong>{title}</strong>
      </figcaption>
      <div class="sheet-rows">
        {Array.from({ length: 6 }, (_, row) => (
          <div class="sheet-row" key={row}>
            <span class="sheet-name" />
            {Array.from({ length: PER_CLASS }, (_, i) => (
              <span class="thumb thumb-empty" key={i} />
            ))}
          </div>
        ))}
      </div>
    </figure>
  );
}
