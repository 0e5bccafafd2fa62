import type { JSX } from "preact";

import type { DataSetName, DataSetSettings } from "../../protocol/contract";
import { HUB } from "../../protocol/hub";
import type { NamedFile } from "../../protocol/messages";
import type { LooseState } from "../../state/loose";
import type { AppState, DataState } from "../../state/model";
import { canShowShipped } from "../../state/select";
import { listed, tell } from "../../text/i18n";
import { HEAD } from "../../text/page";
import { classWords, SETS, setClassWords } from "../../text/sets";
import { useActions, useSelect } from "../app-context";
import { FilePicker } from "../common/file-picker";
import { Notice } from "../common/notice";
import { showSection } from "../common/section";
import { CollectedData } from "./collected-data";
import { ForgetButton } from "./forget-button";

const selectLoose = (state: AppState): LooseState => state.loose;
const selectHasLoose = ({ loose }: AppState): boolean => loose.waiting + loose.told.length > 0;
const selectDataSets = (state: AppState): readonly DataSetSettings[] => state.dataSets;

/** A known data set: where to get it, ways to give it or photos like it, and the networks that know it. */
export function KnownPanel({
  name,
  data,
  disabled,
  onHub,
}: {
  name: DataSetName;
  data: DataState;
  disabled: boolean;
  /** asks for the form of the hub */
  onHub: () => void;
}): JSX.Element {
  const actions = useActions();
  const set = useSelect(selectDataSets).find((candidate) => candidate.name === name);
  const hasLoose = useSelect(selectHasLoose);
  const isShown = "source" in data && data.source === "images";
  const add = (files: NamedFile[]): void => {
    void actions.addFiles(files, "");
  };
  return (
    <>
      <div class="dropzone" data-testid="known-set" data-name={name}>
        {set && (
          <p class="fine">
            {SETS.home}{" "}
            <a href={set.home} rel="noreferrer">
              {set.home.replace(/^https:\/\/(www\.)?/, "")}
            </a>
            <br />
            {SETS.archive[name]} {SETS.nothing}
          </p>
        )}
        <p class="actions">
          <FilePicker label={SETS.pickFiles} testId="known-files" disabled={disabled} onPick={add} />
          <FilePicker label={SETS.pickFolder} testId="known-folder" isFolder disabled={disabled} onPick={add} />
          {HUB && (
            <button type="button" class="button" data-testid="known-hub" disabled={disabled} onClick={onHub}>
              {SETS.hub}
            </button>
          )}
          {(isShown || hasLoose) && <ForgetButton disabled={disabled} />}
        </p>
        {set && <LooseQuestion classNames={set.classNames} disabled={disabled} />}
      </div>
      {isShown && data.phase === "ready" && set && <KnownNetworks set={set} data={data} disabled={disabled} />}
      <CollectedData data={data} isShown={isShown} disabled={disabled} />
    </>
  );
}

/** Asks what photos show that lie in no folder, and for photos of a second class. */
function LooseQuestion({ classNames, disabled }: { classNames: string[]; disabled: boolean }): JSX.Element | null {
  const { waiting, told } = useSelect(selectLoose);
  const actions = useActions();
  if (waiting > 0) {
    return (
      <div role="group" aria-labelledby="loose-question" data-testid="loose" data-waiting={waiting}>
        <p id="loose-question">{waiting === 1 ? SETS.askOne : tell("sets.ask", { count: waiting })}</p>
        <p class="actions">
          {classNames.map((name) => (
            <button
              key={name}
              type="button"
              class="button button-small"
              data-testid={`loose-${name}`}
              disabled={disabled}
              onClick={() => void actions.nameLoose(name)}
            >
              {setClassWords(name)}
            </button>
          ))}
        </p>
      </div>
    );
  }
  if (told.length === 0) return null;
  return (
    <p role="status" data-testid="loose-told">
      {tell("sets.told", { classes: listed(told.map(setClassWords)) })}
    </p>
  );
}

/** What can be done at once with pictures that shipped networks know; else, why nothing can. */
function KnownNetworks({
  set,
  data,
  disabled,
}: {
  set: DataSetSettings;
  data: Extract<DataState, { phase: "ready" }>;
  disabled: boolean;
}): JSX.Element {
  const canShow = useSelect(canShowShipped);
  const actions = useActions();
  if (!data.report.hasShippedNetworks) {
    const found = data.report.classNames.slice(0, set.classNames.length + 3).map(classWords);
    const known = listed(set.classNames.map(setClassWords));
    return (
      <Notice testId="known-others">
        <p>{set.hasShippedNetworks ? tell("sets.others", { found: listed(found), known }) : SETS.none}</p>
      </Notice>
    );
  }
  return (
    <div data-testid="known-networks">
      <p class="actions">
        <button
          type="button"
          class="button button-primary"
          data-testid="known-show"
          disabled={!canShow}
          onClick={() => void actions.showFinished(showSection)}
        >
          {HEAD.show}
        </button>
        <button
          type="button"
          class="button"
          data-testid="known-train"
          disabled={disabled || !canShow}
          onClick={() => void actions.distilHere(showSection)}
        >
          {SETS.train}
        </button>
        <span class="fine">{SETS.seen}</span>
      </p>
    </div>
  );
}
