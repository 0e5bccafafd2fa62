import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { DataSetName } from "../../protocol/contract";
import { HUB } from "../../protocol/hub";
import { DATA_SETS } from "../../state/data-set-name";
import type { AppState, DataSource, DataState } from "../../state/model";
import { activeTraining, isBusy } from "../../state/select";
import { HUB_TEXT, ON_THE_HUB } from "../../text/hub";
import { OWN, SCENES, WORDS } from "../../text/page";
import { SETS } from "../../text/sets";
import { useActions, useSelect } from "../app-context";
import { FailureNotice } from "../common/notice";
import { Section } from "../common/section";
import { Tabs } from "../common/tabs";
import { HubPanel } from "./hub-panel";
import { KnownPanel } from "./known-panel";
import { OwnPanel } from "./own-panel";
import { ScenesPanel } from "./scenes-panel";

const selectData = (state: AppState): DataState => state.data;
const selectLocked = (state: AppState): boolean =>
  state.engine.phase !== "ready" || activeTraining(state) !== null || (isBusy(state) && state.data.phase !== "loading");

const selectDataSet = ({ settings }: AppState): DataSetName | null => settings?.images.dataSet ?? null;

/** What can be chosen: a source, or a known data set, whose pictures are the visitor's own. */
type DataTab = DataSource | DataSetName;

function isSet(tab: DataTab): tab is DataSetName {
  return DATA_SETS.some((name) => name === tab);
}

/** What the data are, and the known data set that is chosen. */
interface Chosen {
  source: DataSource | null;
  dataSet: DataSetName | null;
}

function tabOf({ source, dataSet }: Chosen): DataTab {
  return source === "hub" ? source : (dataSet ?? source ?? "scenes");
}

/** The tab that follows what was chosen elsewhere; one that was opened here stays until something of it changes. */
function tabAfter(shown: DataTab, before: Chosen, now: Chosen): DataTab {
  if (now.source !== null && now.source !== before.source) return tabOf(now);
  if (now.dataSet === before.dataSet) return shown;
  return now.dataSet ?? (isSet(shown) ? tabOf(now) : shown);
}

/** Instead of the section's own lead. */
function leadOf(tab: DataTab): { lead?: string } {
  if (tab === "scenes") return {};
  if (isSet(tab)) return { lead: SETS.leads[tab] };
  return { lead: tab === "images" ? OWN.lead : HUB_TEXT.lead };
}

/** Section 1: what the networks learn from. */
export function DataSection(): JSX.Element {
  const data = useSelect(selectData);
  const isLocked = useSelect(selectLocked);
  const actions = useActions();
  const dataSet = useSelect(selectDataSet);
  const source = "source" in data ? data.source : null;
  const [tab, setTab] = useState<DataTab>(() => tabOf({ source, dataSet }));
  const former = useRef<Chosen>({ source, dataSet });
  useEffect(() => {
    // Also by an address, a file of settings, or work that is taken up.
    const [before, now] = [former.current, { source, dataSet }];
    former.current = now;
    setTab((shown) => tabAfter(shown, before, now));
  }, [source, dataSet]);
  const choose = (chosen: DataTab): void => {
    setTab(chosen);
    // Pictures of a known data set may come from the hub, too.
    if (chosen !== "hub") actions.chooseDataSet(isSet(chosen) ? chosen : null);
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
          ...DATA_SETS.map((name) => ({ value: name, label: SETS.names[name] })),
          { value: "images", label: WORDS.ownPictures },
          ...(HUB ? [{ value: "hub" as const, label: HUB_TEXT.tab }] : []),
        ]}
        disabled={isLocked}
        onChoose={choose}
      />
      {data.phase === "failed" && <FailureNotice failure={data.failure} testId="data-failure" />}
      {tab !== "scenes" && data.phase === "ready" && source === "scenes" && (
        <p class="fine" data-testid="still-scenes">
          {OWN.still}
        </p>
      )}
      {tab === "scenes" && <ScenesPanel data={data} disabled={isLocked} />}
      {isSet(tab) && (
        <KnownPanel
          key={tab}
          name={tab}
          data={data}
          disabled={isLocked}
          onHub={() => {
            setTab("hub");
          }}
        />
      )}
      {tab === "images" && <OwnPanel data={data} disabled={isLocked} />}
      {tab === "hub" && HUB && (
        <HubPanel host={HUB.name} data={data} disabled={isLocked} first={dataSet ? ON_THE_HUB[dataSet] : undefined} />
      )}
    </Section>
  );
}
