import type { JSX } from "preact";

import type { JobProgress } from "../../protocol/messages";
import { duration } from "../../render/format";
import { WORDS } from "../../text/page";
import { stageName } from "../../text/stages";
import { NumberText } from "./number-text";

/** How far a long job is, with the button that ends it. */
export function JobProgressLine({
  text,
  progress,
  testId,
  onCancel,
}: {
  text: string;
  progress: JobProgress | null;
  testId: string;
  onCancel: () => void;
}): JSX.Element {
  return (
    <p class="progress-line" data-testid={testId}>
      {/* spoken when it turns to something else, and not at every step */}
      <span aria-live="polite">
        {text} {progress && stageName(progress.stage)}
      </span>
      <progress {...(progress ? { max: progress.total, value: progress.done } : {})} aria-label={text} />
      {progress && progress.secondsLeft !== null && (
        <span class="fine">
          <NumberText value={progress.secondsLeft} format={duration} /> {WORDS.left}
        </span>
      )}
      <button type="button" class="button button-small" data-testid={`${testId}-cancel`} onClick={onCancel}>
        {WORDS.cancel}
      </button>
    </p>
  );
}
