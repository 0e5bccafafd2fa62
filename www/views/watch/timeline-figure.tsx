import type { JSX } from "preact";
import { useMemo } from "preact/hooks";

import type { TimelinePoint } from "../../protocol/contract";
import type { Axes } from "../../render/curves";
import { percent, score } from "../../render/format";
import { likenessCurves, rightCurves, testedBy, turnOf } from "../../render/timeline";
import type { RunLog, RunState, WatchedLog } from "../../state/model";
import { chanceLevel } from "../../state/select";
import { layerText } from "../../text/fields";
import { tell } from "../../text/i18n";
import { pointText, WATCH } from "../../text/watch";
import { useSelect } from "../app-context";
import { Figure } from "../common/figure";
import { LineChart } from "../common/line-chart";
import { RunLine } from "./run-line";
import { Scrubber } from "./scrubber";
import { usePlayer } from "./use-player";
import { WatchedMaps } from "./watched-maps";

/** A learning to look at: while it goes on its newest point, afterwards any. */
export function TimelineFigure({
  watched,
  log,
  run,
  classNames,
}: {
  watched: WatchedLog;
  log: RunLog;
  /** how far it has come */
  run: RunState;
  classNames: string[];
}): JSX.Element | null {
  const { timeline, points, cost } = watched;
  const player = usePlayer(points.length);
  const point = points[player.position];
  const { evaluations } = log;
  const chance = useSelect(chanceLevel);
  const { steps } = timeline;
  const right = useMemo(() => rightCurves(points, evaluations, steps, chance), [points, evaluations, steps, chance]);
  const likeness = useMemo(() => likenessCurves(points), [points]);
  const step = point?.step ?? 0;
  const tested = testedText(testedBy(evaluations, step));
  const [rightAxes, likenessAxes] = useMemo<[Axes, Axes]>(() => {
    const shared = { xTitle: WATCH.chart.step, xMax: steps, yMax: 1, cursor: step };
    const lowest = Math.min(0, ...likeness.flatMap((curve) => curve.points.map(({ y }) => y)));
    return [
      { ...shared, yTitle: WATCH.chart.right, yMin: 0, yTick: (share) => String(Math.round(100 * share)) },
      // By halves, so that the ticks are round numbers.
      { ...shared, yTitle: WATCH.chart.scores, yMin: Math.floor(2 * lowest) / 2 },
    ];
  }, [likeness, steps, step]);
  if (!point) return null;
  const { caption, rightTold, likenessTold } = told(watched, point);
  return (
    <figure class="watch" id="watch" data-testid="watch" data-points={points.length} aria-label={WATCH.label}>
      {run.phase === "running" && <RunLine log={log} pace={run.pace} />}
      {run.phase === "cancelled" && (
        <p class="run-line" data-testid="watch-cancelled">
          {tell("watch.cancelled", { step: log.step })}
        </p>
      )}
      <Figure name="timeline-maps" title={WATCH.label}>
        <WatchedMaps watched={watched} point={point} classNames={classNames} />
      </Figure>
      <Scrubber player={player} count={points.length} step={step} steps={timeline.steps} />
      {/* Spoken when a point is chosen by hand, and not for each one of a learning that runs or is played. */}
      <p
        class="watch-told"
        data-testid="watch-told"
        aria-live={run.phase === "running" || player.isPlaying ? "off" : "polite"}
      >
        {pointText(point, turnText(watched, point, classNames), (share) => percent(share).text)} {tested}
      </p>
      <div class="watch-charts">
        <LineChart curves={right} axes={rightAxes} testId="watch-chart" label={`${rightTold} ${tested}`.trim()} isLow />
        <LineChart curves={likeness} axes={likenessAxes} testId="watch-scores" label={likenessTold} isLow />
      </div>
      <figcaption class="hint">
        {caption}{" "}
        {cost && (
          <span data-testid="watch-cost" data-value={cost.seconds / cost.trainingSeconds}>
            {tell("watch.cost", { share: percent(cost.seconds / cost.trainingSeconds, 1).text })}
          </span>
        )}
      </figcaption>
    </figure>
  );
}

function turnText(
  { timeline }: WatchedLog,
  point: TimelinePoint,
  classNames: string[],
): Parameters<typeof pointText>[1] {
  const turn = turnOf(point);
  const [picture, answer] = turn ? [timeline.pictures[turn.picture], point.pictures[turn.picture]] : [];
  if (!turn || !picture || !answer) return null;
  const nameOf = (label: number): string => classNames[label] ?? String(label);
  const [student, base] = [nameOf(answer.student), nameOf(answer.base)];
  return { who: turn.who, className: nameOf(picture.label), student, base };
}

function testedText(tested: ReturnType<typeof testedBy>): string {
  if (!tested) return "";
  const { step, student, base } = tested;
  return tell("watch.tested", { step, student: percent(student).text, base: percent(base).text });
}

function told(
  { timeline }: WatchedLog,
  point: TimelinePoint,
): { caption: string; rightTold: string; likenessTold: string } {
  const { layer, n, every } = timeline;
  const { step, studentRight, baseRight, scores } = point;
  return {
    caption: tell("watch.caption", { layer: layerText(layer), n, every }),
    rightTold: tell("watch.chart.rightLabel", {
      step,
      student: percent(studentRight).text,
      base: percent(baseRight).text,
    }),
    likenessTold: tell("watch.chart.scoresLabel", {
      step,
      fss: score(scores.fssStudent.corrected, 2).text,
      rs: score(scores.rsDistilled.semiPartial, 2).text,
    }),
  };
}
