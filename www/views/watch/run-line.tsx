import type { JSX } from "preact";

import { duration } from "../../render/format";
import type { RunLog, RunPace } from "../../state/model";
import { tell } from "../../text/i18n";
import { WATCH } from "../../text/watch";
import { useActions } from "../app-context";

/** How far the learning is, in one line, with the buttons that hold it or end it. */
export function RunLine({ log, pace }: { log: RunLog; pace: RunPace }): JSX.Element {
  const actions = useActions();
  const doing = { starting: WATCH.starting, training: WATCH.learning, evaluating: WATCH.testing };
  const left = log.reports.at(-1)?.secondsLeft;
  const isPaused = pace === "paused";
  return (
    <div class="run-line" data-testid="watch-run">
      <span>{doing[log.activity]}</span>
      <progress max={log.steps} value={log.step} aria-label={WATCH.learning} />
      {left !== undefined && <span class="fine">{tell("watch.left", { time: duration(left).text })}</span>}
      <button
        type="button"
        class="button button-small"
        data-testid="watch-pause"
        onClick={isPaused ? actions.resume : actions.pause}
      >
        {isPaused ? WATCH.resume : WATCH.pause}
      </button>
      <button type="button" class="button button-small" data-testid="watch-cancel" onClick={actions.cancel}>
        {WATCH.cancel}
      </button>
    </div>
  );
}
