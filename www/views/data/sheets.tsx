import type { JSX } from "preact";

import type { DataState } from "../../state/model";
import { SCENES } from "../../text/page";
import { shownClasses } from "../../text/sets";
import { ContactSheet, SheetSkeleton } from "./contact-sheet";

/** Training and test pictures beside each other, or their places while they are made. */
export function Sheets({
  data,
  trainNote,
  testNote,
}: {
  data: DataState;
  trainNote?: string;
  testNote?: string;
}): JSX.Element | null {
  if (data.phase === "failed") return null;
  if (data.phase !== "ready") {
    return (
      <div class="sheets">
        <SheetSkeleton title={SCENES.train} />
        <SheetSkeleton title={SCENES.test} />
      </div>
    );
  }
  const classNames = shownClasses(data);
  const { trainCounts, testCounts } = data.report;
  return (
    <div class="sheets">
      <ContactSheet
        testId="sheet-train"
        title={SCENES.train}
        {...(trainNote === undefined ? {} : { note: trainNote })}
        pictures={data.sheet.train}
        classNames={classNames}
        counts={trainCounts}
      />
      <ContactSheet
        testId="sheet-test"
        title={SCENES.test}
        {...(testNote === undefined ? {} : { note: testNote })}
        pictures={data.sheet.test}
        classNames={classNames}
        counts={testCounts}
      />
    </div>
  );
}
