import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import type { BundleSummary } from "../../protocol/contract";
import type { NamedFile } from "../../protocol/messages";
import type { AppState } from "../../state/model";
import type { ReplayState } from "../../state/replay";
import { listed, tell } from "../../text/i18n";
import { closenessText, REPLAY } from "../../text/replay";
import { useActions, useSelect } from "../app-context";
import { FilePicker } from "../common/file-picker";
import { JobProgressLine } from "../common/job-progress";
import { FailureNotice } from "../common/notice";
import { showPlace } from "../common/section";
import { ReplayOutcome } from "./replay-outcome";

const selectReplay = (state: AppState): ReplayState => state.replay;

/** A reviewer's bundle at the top of the page, from what it is to what came of computing it again. */
export function ReplayPanel(): JSX.Element | null {
  const replay = useSelect(selectReplay);
  const actions = useActions();
  const isShown = replay.phase !== "none";
  useEffect(() => {
    if (isShown) showPlace("replay");
  }, [isShown]);
  if (replay.phase === "none") return null;
  return (
    <section class="replay" id="replay" data-testid="replay" data-phase={replay.phase} aria-labelledby="title-replay">
      <div class="replay-head">
        <h2 id="title-replay">{REPLAY.title}</h2>
        <button type="button" class="button button-small" data-testid="replay-close" onClick={actions.closeBundle}>
          {REPLAY.close}
        </button>
      </div>
      {replay.phase === "opening" && (
        <p class="waiting" aria-live="polite">
          {tell("replay.opening", { name: replay.name })}
        </p>
      )}
      {"failure" in replay && replay.failure && <FailureNotice failure={replay.failure} testId="replay-failure" />}
      {replay.phase === "compared" && <ReplayOutcome report={replay.report} />}
      {"summary" in replay && <Summary summary={replay.summary} />}
      {replay.phase === "reading" && (
        <p class="waiting" aria-live="polite">
          {tell("replay.reading", { done: Math.floor(replay.done), total: replay.total })}
        </p>
      )}
      {replay.phase === "opened" && !replay.summary.hasPictures && <WantedPictures summary={replay.summary} />}
      {(replay.phase === "opened" || replay.phase === "compared") && replay.summary.hasPictures && (
        <RunButtons summary={replay.summary} />
      )}
      {replay.phase === "replaying" && (
        <JobProgressLine
          text={REPLAY.running}
          progress={replay.progress}
          testId="replay-progress"
          onCancel={actions.cancelReplay}
        />
      )}
    </section>
  );
}

function Summary({ summary }: { summary: BundleSummary }): JSX.Element {
  const { student, teacher, dataName, createdAt, crateVersion, device, steps, unlike } = summary;
  return (
    <div data-testid="replay-summary">
      <p>
        {tell("replay.what", {
          student,
          teacher,
          data: dataName,
          date: createdAt.slice(0, 16).replace("T", " "),
          device: device.name,
          version: crateVersion,
        })}{" "}
        {steps === null ? REPLAY.given : tell("replay.trained", { steps })}
      </p>
      <p class="fine" data-testid="replay-closeness" data-exact={unlike.length === 0}>
        {closenessText(unlike)}
      </p>
    </div>
  );
}

function RunButtons({ summary }: { summary: BundleSummary }): JSX.Element {
  const actions = useActions();
  return (
    <p class="actions">
      <button
        type="button"
        class="button button-primary"
        data-testid="replay-run"
        onClick={() => void actions.replay(false)}
      >
        {REPLAY.run}
      </button>
      {summary.steps !== null && (
        <button type="button" class="button" data-testid="replay-quick" onClick={() => void actions.replay(true)}>
          {REPLAY.quick}
        </button>
      )}
    </p>
  );
}

function WantedPictures({ summary }: { summary: BundleSummary }): JSX.Element {
  const actions = useActions();
  const { dataFiles, dataDigest } = summary;
  const give = (files: NamedFile[]): void => {
    void actions.giveBundlePictures(files);
  };
  return (
    <div data-testid="replay-wanted">
      <p>
        {REPLAY.needsPictures} {dataFiles.length > 0 && tell("replay.wantedFiles", { names: listed(dataFiles) })}
      </p>
      <p class="fine">
        {REPLAY.wantedDigest} <code class="digest">{dataDigest}</code>
      </p>
      <p class="actions">
        <FilePicker label={REPLAY.pickFolder} testId="replay-pick-folder" isFolder onPick={give} />
        <FilePicker label={REPLAY.pickFiles} testId="replay-pick-files" onPick={give} />
      </p>
    </div>
  );
}
