import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { PAGE_CODES } from "../../protocol/failure";
import { magnitude, percent } from "../../render/format";
import type { KeepingState, Survival, WorkSummary } from "../../state/kept-work";
import type { AppState } from "../../state/model";
import { isBusy } from "../../state/select";
import { languageNow, tell } from "../../text/i18n";
import { KEEPING, momentText, whyLost } from "../../text/keeping";
import { useActions, useSelect } from "../app-context";
import { Details } from "../common/details";
import { selectEngine } from "./device-badge";

export const selectKeeping = ({ keeping }: AppState): KeepingState => keeping;
const selectHasWork = ({ run }: AppState): boolean => run.phase !== "idle";

/** Everything that has to be said about what is kept: a work to go on with, a loss that was survived, why nothing is kept. */
export function KeptNotice(): JSX.Element {
  const { trouble } = useSelect(selectKeeping);
  return (
    <>
      <Offer />
      <Recovering />
      <Survived />
      {trouble && (
        <p class="device-notice" role="status" data-testid="keeping-trouble" data-trouble={trouble}>
          {KEEPING.trouble[trouble]}
        </p>
      )}
    </>
  );
}

/** A work of an earlier visit in a sentence. */
export function workText({ run, result, dataName: data, savedAt }: WorkSummary): string {
  const time = momentText(savedAt, languageNow());
  if (run) return tell("keeping.offer.run", { time, data, step: run.step, steps: run.steps });
  if (result) return tell("keeping.offer.result", { time, data, student: percent(result.student, 1).text });
  return tell("keeping.offer.data", { time, data });
}

function Offer(): JSX.Element | null {
  const { works, isTakingUp } = useSelect(selectKeeping);
  const engine = useSelect(selectEngine);
  const busy = useSelect(isBusy);
  const hasWork = useSelect(selectHasWork);
  const actions = useActions();
  const [declined, setDeclined] = useState<string | null>(null);
  const [newest] = works;
  if (isTakingUp) return <p class="device-notice">{KEEPING.offer.takingUp}</p>;
  if (!newest || hasWork || declined === newest.id || engine.phase !== "ready") return null;
  return (
    <p class="device-notice" role="status" data-testid="kept-offer">
      <strong>{workText(newest)}</strong>{" "}
      <button
        type="button"
        class="button button-small"
        data-testid="take-up"
        disabled={busy}
        onClick={() => void actions.takeUp(newest.id)}
      >
        {KEEPING.offer.goOn}
      </button>{" "}
      <button
        type="button"
        class="link"
        data-testid="not-now"
        onClick={() => {
          setDeclined(newest.id);
        }}
      >
        {KEEPING.offer.notNow}
      </button>
    </p>
  );
}

function Recovering(): JSX.Element | null {
  const engine = useSelect(selectEngine);
  if (engine.phase !== "recovering") return null;
  const { code, details } = engine.failure;
  return (
    <div class="device-notice" role="status" data-testid="recovering" data-code={code}>
      <p>
        <strong>{whyLost(code)}</strong> {KEEPING.recovering}
      </p>
      <Details text={details} />
    </div>
  );
}

function Survived(): JSX.Element | null {
  const { survived } = useSelect(selectKeeping);
  const [read, setRead] = useState(0);
  const last = survived.at(-1);
  if (!last || read === survived.length) return null;
  return (
    <div class="device-notice" role="status" data-testid="survived" data-code={last.code} data-count={survived.length}>
      <p>
        <strong>{whyLost(last.code)}</strong> {survivalText(last)}{" "}
        <button
          type="button"
          class="link"
          onClick={() => {
            setRead(survived.length);
          }}
        >
          {KEEPING.dismiss}
        </button>
      </p>
      <Details text={last.details} />
    </div>
  );
}

function survivalText(survival: Survival): string {
  return [wentOnText(survival), survival.code === PAGE_CODES.outOfMemory ? KEEPING.sparing : ""].join(" ").trim();
}

function wentOnText({ seconds: s, to: device, lostAt, resumedAt, drift }: Survival): string {
  const seconds = s.toFixed(1);
  if (lostAt === null || resumedAt === null) return tell("keeping.wentOn", { seconds, device });
  const same = drift === 0 ? KEEPING.sameNumbers : tell("keeping.drift", { drift: magnitude(drift).text });
  return `${tell("keeping.runWentOn", { seconds, device, lostAt, resumedAt })} ${same}`;
}
