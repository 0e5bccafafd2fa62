import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import type { Language } from "../../state/appearance";
import type { AppState } from "../../state/model";
import { HEAD } from "../../text/page";
import { useSelect } from "../app-context";
import { ChecksSection } from "../checks/checks-section";
import { useGradually } from "../common/gradually";
import { keepFocus } from "../common/keep-focus";
import { DataSection } from "../data/data-section";
import { DistilSection } from "../distil/distil-section";
import { LabSection } from "../lab/lab-section";
import { LookSection } from "../look/look-section";
import { ReplayPanel } from "../results-later";
import { ScoresSection } from "../scores/scores-section";
import { Story } from "../story/story";
import { TeacherSection } from "../teacher/teacher-section";
import { About } from "./about";
import { DropTarget } from "./drop-target";
import { EngineFailure } from "./engine-notice";
import { KeptPanel } from "./kept-panel";
import { Masthead } from "./masthead";
import { Stepper } from "./stepper";

/** The sections, top to bottom. */
const SECTIONS = [DataSection, TeacherSection, DistilSection, LookSection, ScoresSection, ChecksSection, LabSection];

const selectReplaying = ({ replay }: AppState): boolean => replay.phase !== "none";
const selectLanguage = ({ language }: AppState): Language => language;

/** The page in its language; in another one it is made anew, so that no sentence is left of the former. */
export function SpokenPage(): JSX.Element {
  const language = useSelect(selectLanguage);
  return <Page key={language} />;
}

/** The whole page, top to bottom. The head is drawn first, the sections one frame after the other. */
function Page(): JSX.Element {
  useEffect(() => {
    document.title = HEAD.eyebrow;
  }, []);
  const isReplaying = useSelect(selectReplaying);
  const drawn = useGradually(SECTIONS.length, [], 1);
  useEffect(keepFocus, []);
  return (
    <>
      <Masthead />
      <Stepper />
      <main>
        <EngineFailure />
        {isReplaying && <ReplayPanel />}
        {SECTIONS.slice(0, drawn).map((Part, i) => (
          <Part key={i} />
        ))}
        {drawn === SECTIONS.length && <Story />}
      </main>
      {drawn === SECTIONS.length && <KeptPanel />}
      {drawn === SECTIONS.length && <About />}
      <DropTarget />
    </>
  );
}
