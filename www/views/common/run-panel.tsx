import type { JSX } from "preact";

import { count, duration, score } from "../../render/format";
import type { AppState, RunLog, RunPace } from "../../state/model";
import { DEVICE } from "../../text/device";
import { tell } from "../../text/i18n";
import { RUN, WORDS } from "../../text/page";
import { useActions, useSelect } from "../app-context";
import { NumberText } from "./number-text";

/** What is said of a pace; nothing of one that simply goes on. */
function paceText(pace: RunPace): string {
  return pace === "running" ? "" : RUN[pace];
}

/** What a run that has not begun to move waits for beside itself; "" if nothing. */
const selectWaitsFor = ({ engine }: AppState): string =>
  engine.phase === "ready" && engine.activity ? DEVICE.activities[engine.activity] : "";

/** Progress of a training that runs, with the buttons that hold it or end it. */
export function RunPanel({ log, pace, testId }: { log: RunLog; pace: RunPace; testId: string }): JSX.Element {
  const actions = useActions();
  const last = log.reports.at(-1);
  const waitsFor = useSelect(selectWaitsFor);
  const activity = (log.activity === "starting" && waitsFor) || RUN[log.activity];
  const isPaused = pace === "paused";
  const isWaiting = pace === "pausing" || pace === "cancelling";
  return (
    <div class="run" data-testid={testId} data-pace={pace} data-step={log.step} data-steps={log.steps}>
      <progress max={log.steps} value={log.step} aria-label={RUN.progress} />
      <p class="run-line">
        <span>{paceText(pace) || activity}</span>
        <span class="number">
          {tell("page.run.stepOf", { step: count(log.step).text, steps: count(log.steps).text })}
        </span>
        {last && (
          <>
            <span>
              <NumberText value={last.imagesPerSecond} format={(v) => score(v, 0)} /> {RUN.pace}
            </span>
            <span>
              <NumberText value={last.secondsLeft} format={duration} /> {WORDS.left}
            </span>
          </>
        )}
      </p>
      <p class="actions">
        {isPaused ? (
          <button type="button" class="button button-primary" data-testid="resume" onClick={actions.resume}>
            {RUN.resume}
          </button>
        ) : (
          <button type="button" class="button" data-testid="pause" disabled={isWaiting} onClick={actions.pause}>
            {RUN.pause}
          </button>
        )}
        <button
          type="button"
          class="button button-quiet"
          data-testid="cancel"
          disabled={pace === "cancelling"}
          onClick={actions.cancel}
        >
          {WORDS.cancel}
        </button>
      </p>
    </div>
  );
}

/** Speaks the course of a run to screen readers: only at evaluations and turns, not at every step. */
export function RunAnnouncer({ log, pace }: { log: RunLog; pace: RunPace }): JSX.Element {
  const last = log.evaluations.at(-1);
  const tested = last ? tell("page.run.tested", { step: last.step, share: Math.round(100 * last.student) }) : "";
  return (
    <p class="visually-hidden" aria-live="polite">
      {paceText(pace)} {tested}
    </p>
  );
}
