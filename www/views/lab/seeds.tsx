import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { tell } from "../../text/i18n";
import { LAB } from "../../text/lab";
import { useActions } from "../app-context";

/** Seeds that can be asked for in one go. */
const COUNTS = [2, 3, 5, 8];

/** The same recipe under several seeds, one after the other. */
export function Seeds({ disabled }: { disabled: boolean }): JSX.Element {
  const actions = useActions();
  const [count, setCount] = useState(3);
  return (
    <span class="seeds">
      <select
        aria-label={LAB.series.label}
        data-testid="seeds"
        value={String(count)}
        disabled={disabled}
        onChange={(event) => {
          setCount(Number(event.currentTarget.value));
        }}
      >
        {COUNTS.map((offered) => (
          <option key={offered} value={String(offered)}>
            {offered}
          </option>
        ))}
      </select>
      <button
        type="button"
        class="button"
        data-testid="distil-series"
        disabled={disabled}
        onClick={() => void actions.distilSeries(count)}
      >
        {tell("lab.series.run", { count })}
      </button>
    </span>
  );
}
