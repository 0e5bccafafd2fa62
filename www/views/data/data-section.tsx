import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { HUB } from "../../protocol/hub";
import type { AppState, DataSource, DataState } from "../../state/model";
import { activeTraining, isBusy } from "../../state/select";
import { HUB_TEXT } from "../../text/hub";
import { OWN, SCENES, WORDS } from "../../text/page";
import { useActions, useSelect } from "../app-context";
import { FailureNotice } from "../common/notice";
import { Section } from "../common/section";
import { Tabs } from "../common/tabs";
import { HubPanel } from "./hub-panel";
import { OwnPanel } from "./own-panel";
import { ScenesPanel } from "./scenes-panel";

const selectData = (state: AppState): DataState => state.data;
const selectLocked = (state: AppState): boolean =>
  state.engine.phase !== "ready" || activeTraining(state) !== null || (isBusy(state) && state.data.phase !== "loading");

/** Instead of the section's own lead. */
function leadOf(source: DataSource): { lead?: string } {
  if (source === "scenes") return {};
  return { lead: source === "images" ? OWN.lead : HUB_TEXT.lead };
}

/** Section 1: what the networks learn from. */
export function DataSection(): JSX.Element {
  const data = useSelect(selectData);
  const isLocked = useSelect(selectLocked);
  const actions = useActions();
  const [tab, setTab] = useState<DataSource>("scenes");
  const source = "source" in data ? data.source : null;
  useEffect(() => {
    if (source) setTab(source);
  }, [source]);
  const choose = (chosen: DataSource): void => {
    setTab(chosen);
    if (chosen === "scenes" && source !== "scenes") void actions.openScenes();
  };
  return (
    <Section name="data" {...leadOf(tab)}>
      <Tabs
        name="data-source"
        label={SCENES.source}
        chosen={tab}
        options={[
          { value: "scenes", label: SCENES.tab },
          { value: "images", label: WORDS.ownPictures },
          ...(HUB ? [{ value: "hub" as const, label: HUB_TEXT.tab }] : []),
        ]}
        disabled={isLocked}
        onChoose={choose}
      />
      {data.phase === "failed" && <FailureNotice failure={data.failure} testId="data-failure" />}
      {tab === "scenes" && <ScenesPanel data={data} disabled={isLocked} />}
      {tab === "images" && <OwnPanel data={data} disabled={isLocked} />}
      {tab === "hub" && HUB && <HubPanel host={HUB.name} data={data} disabled={isLocked} />}
    </Section>
  );
}
