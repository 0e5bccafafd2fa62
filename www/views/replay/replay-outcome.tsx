import type { JSX } from "preact";

import type { FigureKind, FigureValue, ReplayReport, ReplayRow } from "../../protocol/contract";
import { tell } from "../../text/i18n";
import { REPLAY } from "../../text/replay";
import { Folded } from "../common/folded";
import { useGradually } from "../common/gradually";

/** Rows of a kind that are drawn, and a frame's share of them. */
const SHOWN = 600;
const ROWS_AT_ONCE = 40;

/** What came of a replay: whether all holds, else the first number that differs; every number below, folded. */
export function ReplayOutcome({ report }: { report: ReplayReport }): JSX.Element {
  const { held, differing, free, firstDifference, rows, bundle, retrained, device } = report;
  const first = firstDifference === null ? undefined : rows[firstDifference];
  const isExact = bundle.unlike.length === 0;
  const count = held + differing;
  const kinds = [...new Set(rows.map(({ kind }) => kind))];
  return (
    <div data-testid="replay-outcome" data-held={held} data-differing={differing} data-free={free}>
      <div class={first ? "verdict verdict-differs" : "verdict verdict-holds"} role="status">
        <span class="verdict-mark" aria-hidden="true">
          {first ? "≠" : "✓"}
        </span>
        <div>
          <p class="verdict-text" data-testid="replay-verdict">
            {first
              ? tell("replay.differ", { differing, count })
              : tell(isExact ? "replay.allHoldExactly" : "replay.allHold", { count })}
          </p>
          {first && <p data-testid="replay-first">{lineOf(first)}</p>}
          <p class="fine">
            {tell("replay.by", { device: device.name })} {!retrained && bundle.steps !== null && REPLAY.untrained}{" "}
            {free > 0 && tell("replay.free", { count: free })}
          </p>
        </div>
      </div>
      {kinds.map((kind) => (
        <KindRows key={kind} kind={kind} rows={rows.filter((row) => row.kind === kind)} />
      ))}
    </div>
  );
}

/** A row in one line. */
function lineOf({ kind, name, bundle, replayed }: ReplayRow): string {
  const [{ bundle: inBundle, replayed: here }, title] = [REPLAY.columns, REPLAY.kinds[kind]];
  return `${title}: ${name}. ${inBundle}: ${textOf(bundle)}. ${here}: ${textOf(replayed)}.`;
}

function KindRows({ kind, rows }: { kind: FigureKind; rows: ReplayRow[] }): JSX.Element {
  const count = (wanted: ReplayRow["outcome"]): number => rows.filter(({ outcome }) => outcome === wanted).length;
  const [held, differing, free] = [count("holds"), count("differs"), count("free")];
  const values = { kind: REPLAY.kinds[kind], held, differing, free };
  return (
    <Folded
      summary={free > 0 ? tell("replay.countedFree", values) : tell("replay.counted", values)}
      testId={`replay-${kind}`}
    >
      {() => <RowTable kind={kind} rows={rows} />}
    </Folded>
  );
}

function RowTable({ kind, rows }: { kind: FigureKind; rows: ReplayRow[] }): JSX.Element {
  // What differs comes first, so that no limit hides it.
  const sorted = [...rows].sort((a, b) => Number(b.outcome === "differs") - Number(a.outcome === "differs"));
  const wanted = Math.min(sorted.length, SHOWN);
  const drawn = useGradually(wanted, [rows], ROWS_AT_ONCE);
  const { columns } = REPLAY;
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-label={REPLAY.kinds[kind]}>
      <table class="table table-replay" data-testid={`replay-rows-${kind}`} data-complete={drawn === wanted}>
        <thead>
          <tr>
            <th scope="col">{columns.what}</th>
            <th scope="col">{columns.bundle}</th>
            <th scope="col">{columns.replayed}</th>
            <th scope="col">{columns.difference}</th>
            <th scope="col">{columns.allowed}</th>
            <th scope="col">{columns.outcome}</th>
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, drawn).map((row) => (
            <tr key={row.name} class={`replay-${row.outcome}`}>
              <th scope="row">{row.name}</th>
              <td class="replay-value">{textOf(row.bundle)}</td>
              <td class="replay-value">{textOf(row.replayed)}</td>
              <td class="replay-value">{row.difference === null ? "" : row.difference.toPrecision(3)}</td>
              <td class="replay-value">{row.allowed === null ? "" : row.allowed.toPrecision(2)}</td>
              <td>{REPLAY.outcomes[row.outcome]}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > wanted && <p class="fine">{tell("replay.more", { count: sorted.length - wanted })}</p>}
    </div>
  );
}

function textOf(value: FigureValue | null): string {
  return value === null ? REPLAY.none : String(value);
}
