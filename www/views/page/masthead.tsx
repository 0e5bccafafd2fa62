import type { JSX } from "preact";

import { HUB } from "../../protocol/hub";
import type { AppState, EventOf } from "../../state/model";
import { hasRunOnPictures, isBusy } from "../../state/select";
import { HUB_TEXT } from "../../text/hub";
import { HEAD } from "../../text/page";
import { useActions, useSelect } from "../app-context";
import { showPlace, showSection } from "../common/section";
import { RunOutcome } from "../results-later";
import { DeviceBadge } from "./device-badge";
import { DeviceNotice } from "./engine-notice";
import { Appearance } from "./appearance";
import { LinkNotice, RefusedNotice } from "./link-notice";
import { FirstFigure } from "./first-figure";
import { KeptNotice } from "./kept-notice";
import { MissingNotice, UpdateNotice } from "./update-notice";

/** What the learning that is watched below came to. */
const selectResult = ({ run }: AppState): EventOf<"finished"> | null =>
  run.phase === "finished" && run.log?.watched ? run.result : null;
const selectCanRun = (state: AppState): boolean => state.engine.phase === "ready" && !isBusy(state);

/** What the one button does next: pictures of one's own are not left for the scenes. */
function selectWay(state: AppState): "run" | "rerun" | "rerunHere" {
  if (!hasRunOnPictures(state)) return state.run.phase === "finished" ? "rerun" : "run";
  return "source" in state.data && state.data.source === "images" ? "rerunHere" : "rerun";
}

/** A run is watched on the first screen: that is where the page stays, or where a phone goes to. */
function showFigure(): void {
  document.querySelector(".masthead figure")?.scrollIntoView({ block: "nearest" });
}

/** Title, promise, and the one button that goes the whole way. */
export function Masthead(): JSX.Element {
  const actions = useActions();
  const canRun = useSelect(selectCanRun);
  const way = useSelect(selectWay);
  const result = useSelect(selectResult);
  return (
    <header class="masthead">
      <button
        type="button"
        class="button skip"
        data-testid="skip"
        onClick={() => {
          showSection("data");
        }}
      >
        {HEAD.skip}
      </button>
      <div class="masthead-line">
        <span class="eyebrow">{HEAD.eyebrow}</span>
        <Appearance />
        <DeviceBadge />
      </div>
      <div class="masthead-claim">
        <h1>{HEAD.title}</h1>
        <p class="promise">{HEAD.promise}</p>
        <p class="actions">
          <button
            type="button"
            class="button button-primary"
            data-testid="run-all"
            disabled={!canRun}
            onClick={() => void actions.runAll(showFigure)}
          >
            {HEAD[way]}
          </button>
          <button
            type="button"
            class="button"
            data-testid="show-finished"
            disabled={!canRun}
            onClick={() => void actions.showFinished(showSection)}
          >
            {HEAD.show}
          </button>
        </p>
        <RefusedNotice />
        <LinkNotice />
        <DeviceNotice />
        <UpdateNotice />
        <MissingNotice />
        <KeptNotice />
        <p class="fine" data-testid="privacy">
          {HEAD.privacy} {HUB && HUB_TEXT.privacy}{" "}
          <button
            type="button"
            class="link"
            data-testid="to-story"
            onClick={() => {
              showPlace("story");
            }}
          >
            {HEAD.story}
          </button>
        </p>
      </div>
      {result && <RunOutcome result={result} />}
      <FirstFigure />
    </header>
  );
}
