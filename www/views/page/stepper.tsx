import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import type { SectionName } from "../../state/sections";
import { type StepStatus, stepStatuses } from "../../state/select";
import type { AppState } from "../../state/model";
import { listed, tell } from "../../text/i18n";
import { SECTIONS, STEPPER } from "../../text/page";
import { useSelect } from "../app-context";
import { showSection } from "../common/section";

const STATUS_MARK: Record<StepStatus, string> = { todo: "", working: "", done: "✓", failed: "!" };

/** Statuses as one string, so that the stepper is drawn anew only when one of them changes. */
const selectStatuses = (state: AppState): string => {
  const statuses = stepStatuses(state);
  return SECTIONS.map(({ name }) => statuses[name]).join(" ");
};

/** The way through the page, always in sight: its sections, each with how far it has come. */
export function Stepper(): JSX.Element {
  const statuses = useSelect(selectStatuses).split(" ") as StepStatus[];
  const current = useCurrent();
  return (
    <nav class="stepper" aria-label={tell("page.steps")}>
      <ol>
        {SECTIONS.map(({ name, text }, position) => {
          const status = statuses[position] ?? "todo";
          return (
            <li key={name} class={`step step-${status}`}>
              <button
                type="button"
                data-testid={`step-${name}`}
                data-status={status}
                aria-current={name === current ? "step" : undefined}
                onClick={() => {
                  showSection(name);
                }}
              >
                <span class="step-mark" aria-hidden="true">
                  {STATUS_MARK[status] || position + 1}
                </span>
                <span class="step-name">{text.short}</span>
                <span class="visually-hidden">{listed(["", STEPPER.statuses[status]])}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

/** The section that is read: the last one that begins in the upper half of the window; null above all of them. */
function useCurrent(): SectionName | null {
  const [current, setCurrent] = useState<SectionName | null>(null);
  useEffect(() => {
    const look = (): void => {
      const begun = SECTIONS.findLast(({ name }) => {
        const section = document.getElementById(name);
        return section !== null && section.getBoundingClientRect().top < innerHeight / 2;
      });
      setCurrent(begun?.name ?? null);
    };
    addEventListener("scroll", look, { passive: true });
    return () => {
      removeEventListener("scroll", look);
    };
  }, []);
  return current;
}
