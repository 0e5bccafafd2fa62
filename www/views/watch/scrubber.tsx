import type { JSX } from "preact";

import { tell } from "../../text/i18n";
import { WATCH } from "../../text/watch";
import type { Player } from "./use-player";

/** Goes from point to point: by a slider, by steps, or by itself. */
export function Scrubber({
  player,
  count,
  step,
  steps,
}: {
  player: Player;
  /** points that there are */
  count: number;
  /** of the point on show */
  step: number;
  steps: number;
}): JSX.Element {
  const { position, isPlaying, show, step: move, toggle } = player;
  const told = tell("watch.stepOf", { step, steps });
  return (
    <div class="scrubber">
      <button type="button" class="button button-small" data-testid="watch-play" onClick={toggle}>
        <span aria-hidden="true">{isPlaying ? "❚❚" : "▶"}</span> {isPlaying ? WATCH.stop : WATCH.play}
      </button>
      <button
        type="button"
        class="button button-small"
        data-testid="watch-back"
        aria-label={WATCH.back}
        title={WATCH.back}
        disabled={position === 0}
        onClick={() => {
          move(-1);
        }}
      >
        <span aria-hidden="true">◂</span>
      </button>
      <input
        type="range"
        data-testid="watch-scrubber"
        aria-label={WATCH.scrubber}
        aria-valuetext={told}
        title={WATCH.keys}
        min="0"
        max={Math.max(0, count - 1)}
        step="1"
        value={position}
        onInput={(event) => {
          show(event.currentTarget.valueAsNumber);
        }}
        onKeyDown={(event) => {
          if (event.key !== " ") return;
          event.preventDefault();
          toggle();
        }}
      />
      <button
        type="button"
        class="button button-small"
        data-testid="watch-forward"
        aria-label={WATCH.forward}
        title={WATCH.forward}
        disabled={position >= count - 1}
        onClick={() => {
          move(1);
        }}
      >
        <span aria-hidden="true">▸</span>
      </button>
      <output class="number" data-testid="watch-step" data-value={step}>
        {told}
      </output>
    </div>
  );
}
