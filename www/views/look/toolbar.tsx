import type { JSX } from "preact";

import type { MapKind } from "../../protocol/contract";
import { percent } from "../../render/format";
import { propertyOf } from "../../state/properties";
import { CLASS_METHODS, MAP_KINDS, type Settings } from "../../state/settings";
import { texts } from "../../text/i18n";
import { layerName, METHODS, OBJECTIVES, SCALES, SIGNS } from "../../text/fields";
import { MAPS } from "../../text/maps";
import { useActions } from "../app-context";
import { SettingField } from "../common/setting-field";
import { Tabs } from "../common/tabs";
import { Legend } from "./legend";

const TOOLBAR = texts("maps.toolbar");
const COMPARE = texts("compare");

/** What each way to compare sets. */
const VIEWS: Record<keyof typeof COMPARE.views, Record<string, string>> = {
  usual: { maps: "gradCamTeacher,distilled,residual", scale: "own", difference: "0" },
  oneScale: { maps: "gradCamTeacher,gradCamStudent,gradCamBase", scale: "shared", difference: "0" },
  difference: { maps: "distilled,residual", scale: "shared", difference: "1" },
};

/** Ways to lay maps beside each other, each one tap away. */
function CompareViews({ settings }: { settings: Settings }): JSX.Element {
  const actions = useActions();
  const isOn = (view: keyof typeof VIEWS): boolean =>
    Object.entries(VIEWS[view]).every(([key, text]) => propertyOf(key).read(settings) === text);
  return (
    <div class="toolbar-group">
      <span class="toolbar-label">{COMPARE.label}</span>
      {(["usual", "oneScale", "difference"] as const).map((view) => (
        <button
          type="button"
          key={view}
          class="button button-small"
          data-testid={`compare-${view}`}
          aria-pressed={isOn(view)}
          onClick={() => {
            for (const [key, text] of Object.entries(VIEWS[view])) actions.set(key, text);
          }}
        >
          {COMPARE.views[view]}
        </button>
      ))}
    </div>
  );
}

/** What is wanted most: which maps beside each other, at which layer, and what their colours say. */
export function Toolbar({ settings, layers }: { settings: Settings; layers: string[] }): JSX.Element {
  const actions = useActions();
  const { view } = settings;
  return (
    <div class="toolbar">
      <CompareViews settings={settings} />
      <div class="toolbar-group toolbar-row">
        <div class="toolbar-group">
          <span class="toolbar-label">{TOOLBAR.layer}</span>
          <Tabs
            name="layer"
            label={TOOLBAR.layer}
            chosen={String(Math.min(view.layer, layers.length))}
            options={layers.map((layer, i) => ({ value: String(i + 1), label: layerName(layer, i, layers.length) }))}
            onChoose={(value) => {
              actions.set("layer", value);
            }}
          />
        </div>
        <Legend scale={view.scale} isSigned={view.sign === "signed"} />
      </div>
    </div>
  );
}

/** Objective, single maps, and how they are laid over the pictures. */
export function MoreTools({
  settings,
  hasMasks,
  classNames,
  chosenClass,
  onClass,
}: {
  settings: Settings;
  hasMasks: boolean;
  classNames: string[];
  /** -1 is all of them */
  chosenClass: number;
  onClass: (label: number) => void;
}): JSX.Element {
  const actions = useActions();
  const { view } = settings;
  const toggle = (kind: MapKind): void => {
    const maps = MAP_KINDS.filter((candidate) => view.maps.includes(candidate) !== (candidate === kind));
    actions.set("maps", maps.join(","));
  };
  return (
    <div class="toolbar">
      <div class="toolbar-group">
        <span class="toolbar-label">{TOOLBAR.objective}</span>
        <Tabs
          name="objective"
          label={TOOLBAR.objectiveLabel}
          chosen={view.objective}
          options={(["relevance", "unique"] as const).map((value) => ({
            value,
            label: OBJECTIVES[value].name,
            title: OBJECTIVES[value].text,
          }))}
          onChoose={(value) => {
            actions.set("objective", value);
          }}
        />
        <span class="fine">{OBJECTIVES[view.objective].text}</span>
      </div>
      <div class="toolbar-group">
        <span class="toolbar-label">{TOOLBAR.maps}</span>
        <div class="chips">
          {MAP_KINDS.map((kind) => (
            <label class={`chip tone-${MAPS[kind].owner}`} key={kind} title={MAPS[kind].text}>
              <input
                type="checkbox"
                data-testid={`show-${kind}`}
                checked={view.maps.includes(kind)}
                onChange={() => {
                  toggle(kind);
                }}
              />
              {MAPS[kind].name} <span class="formula">{MAPS[kind].formula}</span>
            </label>
          ))}
        </div>
      </div>
      <div class="toolbar-group toolbar-row">
        <label class="field-inline" for="opacity">
          <span class="toolbar-label">{TOOLBAR.opacity}</span>
          <input
            id="opacity"
            data-testid="opacity"
            type="range"
            min="0"
            max="1"
            step="0.05"
            value={view.opacity}
            onInput={(event) => {
              actions.set("opacity", event.currentTarget.value);
            }}
          />
          <output>{percent(view.opacity).text}</output>
        </label>
        <label class="field-inline" for="class-filter">
          <span class="toolbar-label">{TOOLBAR.class}</span>
          <select
            id="class-filter"
            data-testid="class-filter"
            value={String(chosenClass)}
            onChange={(event) => {
              onClass(Number(event.currentTarget.value));
            }}
          >
            <option value="-1">{TOOLBAR.all}</option>
            {classNames.map((name, label) => (
              <option key={name} value={String(label)}>
                {name}
              </option>
            ))}
          </select>
        </label>
        {hasMasks && <SettingField name="outline" />}
        <label class="field-inline" for="class-method">
          <span class="toolbar-label">{TOOLBAR.classMaps}</span>
          <select
            id="class-method"
            data-testid="class-method"
            value={view.classMethod}
            onChange={(event) => {
              actions.set("class-method", event.currentTarget.value);
            }}
          >
            {CLASS_METHODS.map((method) => (
              <option key={method} value={method}>
                {METHODS[method]}
              </option>
            ))}
          </select>
        </label>
        <div class="toolbar-group">
          <span class="toolbar-label">{TOOLBAR.evidence}</span>
          <Tabs
            name="sign"
            label={TOOLBAR.evidenceLabel}
            chosen={view.sign}
            options={(["positive", "signed"] as const).map((value) => ({
              value,
              label: SIGNS[value].name,
              title: SIGNS[value].text,
            }))}
            onChoose={(value) => {
              actions.set("sign", value);
            }}
          />
        </div>
        <div class="toolbar-group">
          <span class="toolbar-label">{TOOLBAR.scale}</span>
          <Tabs
            name="scale"
            label={TOOLBAR.scaleLabel}
            chosen={view.scale}
            options={(["own", "shared"] as const).map((value) => ({
              value,
              label: SCALES[value].name,
              title: SCALES[value].text,
            }))}
            onChoose={(value) => {
              actions.set("scale", value);
            }}
          />
        </div>
      </div>
    </div>
  );
}
