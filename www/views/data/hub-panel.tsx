import type { InputHTMLAttributes, JSX } from "preact";
import { useState } from "preact/hooks";

import { isDatasetName } from "../../protocol/hub";
import { count, megabytes } from "../../render/format";
import type { AppState, DataState, HubState } from "../../state/model";
import { HUB_TEXT, type OnTheHub, ON_THE_HUB } from "../../text/hub";
import { tell } from "../../text/i18n";
import { WORDS } from "../../text/page";
import { useActions, useSelect } from "../app-context";
import { FailureNotice } from "../common/notice";
import { CollectedData } from "./collected-data";

/** Most pictures that can be asked for at once. */
const MOST_PICTURES = 20_000;

const selectHub = (state: AppState): HubState => state.hub;

/** Stands between the names of classes: some of them hold commas. */
const BETWEEN = ";";

/** The classes that a line names. */
function classesOf(line: string): string[] {
  return line
    .split(BETWEEN)
    .map((name) => name.trim())
    .filter((name) => name !== "");
}

/** Data sets of the hub: which one, how much of it, and the consent to ask another host for it. */
export function HubPanel({
  host,
  data,
  disabled,
  first = ON_THE_HUB.cifar10,
}: {
  /** the hub's name */
  host: string;
  data: DataState;
  disabled: boolean;
  /** the data set that stands in the form at first */
  first?: OnTheHub | undefined;
}): JSX.Element {
  const hub = useSelect(selectHub);
  const actions = useActions();
  const [dataset, setDataset] = useState(first.dataset);
  const [part, setPart] = useState("");
  const [classes, setClasses] = useState(first.classes.join(`${BETWEEN} `));
  const [perClass, setPerClass] = useState("50");
  const [total, setTotal] = useState("500");
  const [hasConsented, setHasConsented] = useState(false);
  const isFetching = hub.phase === "fetching";
  const isLocked = disabled || isFetching;
  const isNamed = isDatasetName(dataset.trim());
  const limits = [perClass, total].map(Number);
  const isLimited = limits.every((limit) => Number.isInteger(limit) && limit >= 1 && limit <= MOST_PICTURES);
  const ask = (): void => {
    const [ofClass = 1, inAll = 1] = limits;
    const wanted = { classes: classesOf(classes), perClass: ofClass, total: inAll };
    void actions.fetchHub({ dataset: dataset.trim(), part: part.trim(), ...wanted });
  };
  return (
    <>
      <div class="fields fields-wide">
        <TextField
          name="hub-dataset"
          text={HUB_TEXT.dataset}
          value={dataset}
          isValid={isNamed}
          {...{ isLocked }}
          onInput={setDataset}
        />
        <TextField name="hub-part" text={HUB_TEXT.part} value={part} isValid {...{ isLocked }} onInput={setPart} />
        <TextField
          name="hub-classes"
          text={HUB_TEXT.classes}
          value={classes}
          isValid
          {...{ isLocked }}
          onInput={setClasses}
        />
        <TextField
          name="hub-per-class"
          text={HUB_TEXT.perClass}
          value={perClass}
          isValid={isLimited}
          isNumber
          {...{ isLocked }}
          onInput={setPerClass}
        />
        <TextField
          name="hub-total"
          text={HUB_TEXT.total}
          value={total}
          isValid={isLimited}
          isNumber
          {...{ isLocked }}
          onInput={setTotal}
        />
      </div>
      <label class="consent">
        <input
          type="checkbox"
          data-testid="hub-consent"
          checked={hasConsented}
          disabled={isLocked}
          onChange={(event) => {
            setHasConsented(event.currentTarget.checked);
          }}
        />
        <span>{tell("hub.consent", { host })}</span>
      </label>
      <p class="actions">
        <button
          type="button"
          class="button"
          data-testid="hub-fetch"
          disabled={isLocked || !hasConsented || !isNamed || !isLimited}
          onClick={ask}
        >
          {HUB_TEXT.fetch}
        </button>
      </p>
      {isFetching && <Fetching progress={hub.progress} onCancel={actions.cancelHub} />}
      {hub.phase === "failed" && <FailureNotice failure={hub.failure} testId="hub-failure" />}
      <CollectedData data={data} isShown={"source" in data && data.source === "hub"} disabled={disabled} />
    </>
  );
}

function Fetching({
  progress,
  onCancel,
}: {
  progress: Extract<HubState, { phase: "fetching" }>["progress"];
  onCancel: () => void;
}): JSX.Element {
  const { pictures = 0, expected = null, received = 0 } = progress ?? {};
  return (
    <p class="progress-line" data-testid="hub-progress" data-received={received} data-pictures={pictures}>
      <span>{tell("hub.progress", { pictures: count(pictures).text, received: megabytes(received).text })}</span>
      <progress {...(expected ? { max: expected, value: pictures } : {})} aria-label={HUB_TEXT.fetching} />
      <button type="button" class="button button-small" data-testid="hub-cancel" onClick={onCancel}>
        {WORDS.cancel}
      </button>
    </p>
  );
}

const NUMBER: InputHTMLAttributes<HTMLInputElement> = { type: "number", min: 1, max: MOST_PICTURES };
const TEXT: InputHTMLAttributes<HTMLInputElement> = { type: "text" };

function TextField({
  name,
  text: { label, hint, rules },
  value,
  isValid,
  isNumber = false,
  isLocked,
  onInput,
}: {
  name: string;
  text: { label: string; hint: string; rules?: string };
  value: string;
  isValid: boolean;
  isNumber?: boolean;
  isLocked: boolean;
  onInput: (value: string) => void;
}): JSX.Element {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        id={name}
        data-testid={name}
        {...(isNumber ? NUMBER : TEXT)}
        spellcheck={false}
        autocapitalize="off"
        value={value}
        disabled={isLocked}
        aria-invalid={!isValid}
        aria-describedby={`${name}-hint`}
        onInput={(event) => {
          onInput(event.currentTarget.value);
        }}
      />
      <span class={isValid ? "hint" : "hint hint-invalid"} id={`${name}-hint`}>
        {isValid ? hint : (rules ?? hint)}
      </span>
    </div>
  );
}
