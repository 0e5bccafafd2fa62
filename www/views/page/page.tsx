import type { JSX } from "preact";

import { ChecksSection } from "../checks/checks-section";
import { DataSection } from "../data/data-section";
import { DistilSection } from "../distil/distil-section";
import { LookSection } from "../look/look-section";
import { ScoresSection } from "../scores/scores-section";
import { TeacherSection } from "../teacher/teacher-section";
import { About } from "./about";
import { DropTarget } from "./drop-target";
import { EngineFailure } from "./engine-notice";
import { Masthead } from "./masthead";
import { Stepper } from "./stepper";

/** The whole page, top to bottom. */
export function Page(): JSX.Element {
  return (
    <>
      <Masthead />
      <Stepper />
      <main>
        <EngineFailure />
        <DataSection />
        <TeacherSection />
        <DistilSection />
        <LookSection />
        <ScoresSection />
        <ChecksSection />
      </main>
      <About />
      <DropTarget />
    </>
  );
}
