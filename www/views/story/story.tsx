import type { JSX } from "preact";

import type { AppState, RunState } from "../../state/model";
import { storyNumbers } from "../../state/story-numbers";
import { residualClaim } from "../../text/claim";
import { FORMULAS } from "../../text/formulas";
import { tell } from "../../text/i18n";
import { STORY, STORY_PLACES, STORY_STEPS } from "../../text/story";
import { useApp, useSelect } from "../app-context";
import { showSection } from "../common/section";
import { TextWithTerms } from "../common/term";
import { numbersText } from "./numbers-text";

const selectRun = (state: AppState): RunState => state.run;
const selectScores = (state: AppState): AppState["scores"] => state.scores;
const selectStep = ({ storyStep }: AppState): number => storyStep;
const selectMaps = (state: AppState): AppState["maps"] => state.maps;

/** What this page is about, in six steps that speak with the numbers of the run on it. */
export function Story(): JSX.Element {
  const { store } = useApp();
  const [run, scores, maps] = [useSelect(selectRun), useSelect(selectScores), useSelect(selectMaps)];
  const numbers = storyNumbers({ ...store.get(), run, scores, maps });
  // Not the component's own: another language makes the page anew.
  const position = useSelect(selectStep);
  const setPosition = (step: number): void => {
    store.dispatch({ kind: "story/told", step });
  };
  const step = STORY_STEPS[position] ?? "distillation";
  const { title, text } = STORY.steps[step];
  const told = numbersText(step, numbers);
  const stepOf = tell("story.stepOf", { step: position + 1, steps: STORY_STEPS.length });
  return (
    <section class="story" id="story" data-testid="story" aria-labelledby="title-story">
      <div class="story-head">
        <h2 id="title-story">{STORY.title}</h2>
        <p class="fine">{STORY.lead}</p>
      </div>
      <ol class="story-steps">
        {STORY_STEPS.map((name, i) => (
          <li key={name}>
            <button
              type="button"
              data-testid={`story-${name}`}
              aria-current={i === position ? "step" : undefined}
              onClick={() => {
                setPosition(i);
              }}
            >
              <span class="step-mark" aria-hidden="true">
                {i + 1}
              </span>
              <span>{STORY.steps[name].title}</span>
            </button>
          </li>
        ))}
      </ol>
      <div class="story-card" data-testid="story-card" data-step={step} aria-live="polite">
        <p class="fine">{stepOf}</p>
        <h3>{title}</h3>
        <p class="story-text">
          <TextWithTerms text={text} />
        </p>
        <p class="story-numbers" data-testid="story-numbers" data-known={told !== null}>
          {told ?? STORY.noRun}
        </p>
        {step === "maps" && (
          <p class="story-text" data-testid="story-claim">
            {residualClaim()}
          </p>
        )}
        <details class="advanced">
          <summary>{STORY.formula}</summary>
          {FORMULAS[step].map((formula) => (
            <p class="story-formula" key={formula}>
              <code>{formula}</code>
            </p>
          ))}
        </details>
        <p class="actions">
          <button
            type="button"
            class="button button-small"
            data-testid="story-back"
            disabled={position === 0}
            onClick={() => {
              setPosition(position - 1);
            }}
          >
            ← {STORY.back}
          </button>
          <button
            type="button"
            class="button button-small"
            data-testid="story-next"
            disabled={position === STORY_STEPS.length - 1}
            onClick={() => {
              setPosition(position + 1);
            }}
          >
            {STORY.next} →
          </button>
          <button
            type="button"
            class="button button-small button-quiet"
            data-testid="story-go"
            onClick={() => {
              showSection(STORY_PLACES[step]);
            }}
          >
            {STORY.go}
          </button>
        </p>
      </div>
    </section>
  );
}
