import type { JSX } from "preact";

import type { DataState } from "../../state/model";
import { FILES } from "../../text/files";
import { Folded } from "../common/folded";
import { Notes } from "../common/notes";
import { SettingField } from "../common/setting-field";
import { FileTable } from "../results-later";
import { Sheets } from "./sheets";

/** What became of collected pictures, what data that makes, and the settings that decide on it. */
export function CollectedData({
  data,
  isShown,
  disabled,
}: {
  data: DataState;
  /** whether the data are those of the panel around this */
  isShown: boolean;
  disabled: boolean;
}): JSX.Element {
  return (
    <>
      {isShown && data.phase !== "empty" && <FileTable data={data} />}
      {isShown && data.phase === "ready" && <ClassCounts data={data} />}
      {isShown && data.phase === "ready" && data.report.images && (
        <Notes testId="images-notes" notes={data.report.images.notes ?? []} />
      )}
      {isShown && <Sheets data={data} />}
      <Folded summary={FILES.settings}>
        {() => (
          <div class="fields">
            {["side", "fit", "class-level", "split", "test-share", "per-class", "split-seed"].map((name) => (
              <SettingField key={name} name={name} disabled={disabled} />
            ))}
          </div>
        )}
      </Folded>
    </>
  );
}

function ClassCounts({ data }: { data: Extract<DataState, { phase: "ready" }> }): JSX.Element {
  const { classNames, trainCounts, testCounts } = data.report;
  return (
    <div class="table-scroll" tabIndex={0}>
      <table class="table" data-testid="class-counts">
        <thead>
          <tr>
            <th scope="col">{FILES.class}</th>
            <th scope="col">{FILES.training}</th>
            <th scope="col">{FILES.test}</th>
          </tr>
        </thead>
        <tbody>
          {classNames.map((name, label) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{trainCounts[label]}</td>
              <td>{testCounts[label]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
