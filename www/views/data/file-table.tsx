import type { JSX } from "preact";

import type { FileReport } from "../../protocol/contract";
import type { DataState } from "../../state/model";
import { FILES } from "../../text/files";
import { tell } from "../../text/i18n";
import { FailureText } from "../common/failure-text";
import { Folded } from "../common/folded";
import { useGradually } from "../common/gradually";

/** Most rows that are drawn of each kind; the rest are counted. */
const MAX_ROWS = 200;

/** Rows drawn a frame. */
const ROWS_AT_ONCE = 8;

/** What became of every file: those that could not be used first, with the reason. */
export function FileTable({ data }: { data: Exclude<DataState, { phase: "empty" }> }): JSX.Element {
  const broken = data.rows.filter((row) => row.error);
  const usable = data.rows.filter((row) => !row.error);
  // Which folder names the class is known when all are read; a name that is none of them was a guess.
  const classes = data.phase === "ready" ? data.report.classNames : null;
  const pictures = usable.reduce((sum, row) => sum + (row.pictures ?? 1), 0);
  return (
    <div class="files" data-testid="files" data-usable={usable.length} data-broken={broken.length}>
      {data.phase === "loading" && (
        <p class="progress-line">
          <progress max={Math.max(1, data.total)} value={data.done} aria-label={FILES.reading} />
          <span class="number">{tell("files.progress", { done: Math.floor(data.done), total: data.total })}</span>
        </p>
      )}
      <p aria-live="polite">
        {tell("files.usable", { count: pictures })}
        {broken.length > 0 && ` ${tell("files.broken", { count: broken.length })}`}
      </p>
      {broken.length > 0 && <Rows rows={broken} classes={classes} />}
      {usable.length > 0 && (
        <Folded summary={FILES.usableFiles}>{() => <Rows rows={usable} classes={classes} />}</Folded>
      )}
    </div>
  );
}

function Rows({ rows, classes }: { rows: FileReport[]; classes: string[] | null }): JSX.Element {
  const drawn = useGradually(Math.min(MAX_ROWS, rows.length), [], ROWS_AT_ONCE);
  return (
    <div class="table-scroll" tabIndex={0}>
      <table class="table table-files">
        <thead>
          <tr>
            <th scope="col">{FILES.file}</th>
            <th scope="col">{FILES.class}</th>
            <th scope="col">{FILES.pixels}</th>
            <th scope="col">{FILES.result}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, drawn).map((row, i) => (
            <FileRow key={`${row.path} ${String(i)}`} row={row} classes={classes} />
          ))}
        </tbody>
      </table>
      {rows.length > MAX_ROWS && <p class="fine">{tell("files.more", { count: rows.length - MAX_ROWS })}</p>}
    </div>
  );
}

function FileRow({ row, classes }: { row: FileReport; classes: string[] | null }): JSX.Element {
  const { path, className, width, height, error, sameAs } = row;
  const isClass = className !== null && className !== undefined && (classes?.includes(className) ?? true);
  return (
    <tr class={error ? "row-broken" : ""} data-testid="file-row" data-path={path} data-code={error?.code}>
      <th scope="row">{path}</th>
      <td>{isClass ? className : "—"}</td>
      <td>{width && height ? `${String(width)} × ${String(height)}` : "—"}</td>
      <td>
        {error ? (
          <span class="mark mark-wrong">
            ✗ <FailureText {...error} />
          </span>
        ) : (
          <span class="mark mark-right">✓ {sameAs ? tell("files.sameAs", { path: sameAs }) : FILES.read}</span>
        )}
      </td>
    </tr>
  );
}
