import type { JSX } from "preact";

import type { ExplanationData } from "../../protocol/messages";
import type { KeptRun } from "../../state/lab";
import { LAB, runName } from "../../text/lab";
import { MAPS } from "../../text/maps";
import { OutlineLayer, PictureLayer } from "../look/layers";
import { MapTile } from "../look/tile";

/** Pictures that are laid side by side. */
const MOST_PICTURES = 6;

const KINDS = ["distilled", "residual"] as const;

/** Two runs' maps of the same pictures. */
export function SideBySide({ runs }: { runs: KeptRun[] }): JSX.Element {
  const [one, other] = runs;
  const { side } = LAB;
  return (
    <div class="side-by-side" data-testid="side-by-side">
      <h3>{side.title}</h3>
      {!one || !other ? (
        <p class="fine">{side.hint}</p>
      ) : one.maps && other.maps && isOfSame(one.maps, other.maps) ? (
        <SideTable runs={[one, other]} maps={[one.maps, other.maps]} />
      ) : (
        <p class="fine">{side.other}</p>
      )}
    </div>
  );
}

function isOfSame(one: ExplanationData, other: ExplanationData): boolean {
  return one.report.referenceHash === other.report.referenceHash && one.report.layer === other.report.layer;
}

function SideTable({
  runs,
  maps,
}: {
  runs: [KeptRun, KeptRun];
  maps: [ExplanationData, ExplanationData];
}): JSX.Element {
  const pictures = maps[0].pictures.slice(0, MOST_PICTURES);
  return (
    <div class="table-scroll" tabIndex={0} role="group" aria-label={LAB.side.title}>
      <table class="table table-layers" data-testid="side-table">
        <thead>
          <tr>
            <th scope="col" rowSpan={2}>
              {LAB.side.picture}
            </th>
            {runs.map((run) => (
              <th scope="colgroup" colSpan={KINDS.length} key={run.id}>
                {runName(run)}
              </th>
            ))}
          </tr>
          <tr>
            {runs.flatMap((run) =>
              KINDS.map((kind) => (
                <th scope="col" key={`${String(run.id)} ${kind}`}>
                  {MAPS[kind].name}
                </th>
              )),
            )}
          </tr>
        </thead>
        <tbody>
          {pictures.map((picture, position) => (
            <tr key={position}>
              <td>
                <div class="tile-frame side-picture">
                  <PictureLayer picture={picture} label={LAB.side.picture} />
                  <OutlineLayer picture={picture} />
                </div>
              </td>
              {maps.flatMap((data, run) =>
                KINDS.map((kind) => (
                  <td key={`${String(run)} ${kind}`}>
                    <MapTile source={{ data, position, picture }} kind={kind} outline isShared={false} />
                  </td>
                )),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
