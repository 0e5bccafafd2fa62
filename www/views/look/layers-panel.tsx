import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { MapKind } from "../../protocol/contract";
import type { ExplanationData } from "../../protocol/messages";
import { layersOf } from "../../state/networks";
import type { AppState, RunState } from "../../state/model";
import { layerText } from "../../text/fields";
import { texts } from "../../text/i18n";
import { MAPS } from "../../text/maps";
import { useActions, useSelect } from "../app-context";
import { Figure } from "../common/figure";
import { MapTile } from "./tile";

const LAYERS = texts("compare.layers");

/** Maps that are laid out layer by layer. */
const KINDS: readonly MapKind[] = ["gradCamTeacher", "gradCamStudent", "gradCamBase", "distilled", "residual"];

const selectRun = (state: AppState): RunState => state.run;

/** One picture's maps at every layer, as small multiples: a row a map, a column a layer. */
export function LayersPanel({
  data,
  position,
  outline,
}: {
  data: ExplanationData;
  position: number;
  outline: boolean;
}): JSX.Element {
  const run = useSelect(selectRun);
  const actions = useActions();
  const [found, setFound] = useState<ExplanationData[]>([]);
  const [isRunning, setIsRunning] = useState(false);
  const picture = data.pictures[position];
  const layers = run.phase === "finished" ? layersOf(run.config.student) : [];
  const draw = async (): Promise<void> => {
    setIsRunning(true);
    for (const [layer] of layers.entries()) {
      const maps = await actions.explainLayer(layer + 1);
      if (maps) setFound((former) => [...former, maps]);
    }
    setIsRunning(false);
  };
  return (
    <section class="layers" data-testid="layers" aria-labelledby="title-layers">
      <h3 id="title-layers">{LAYERS.title}</h3>
      {found.length === 0 && !isRunning && (
        <p class="actions">
          <button type="button" class="button button-small" data-testid="run-layers" onClick={() => void draw()}>
            {LAYERS.run}
          </button>
        </p>
      )}
      {isRunning && (
        <p class="waiting" aria-live="polite">
          {LAYERS.running}
        </p>
      )}
      {found.length > 0 && picture && (
        <div class="table-scroll" tabIndex={0} role="group" aria-label={LAYERS.title}>
          <Figure name="layers" title={LAYERS.title}>
            <table class="table table-layers" data-testid="layers-table">
              <thead>
                <tr>
                  <th scope="col">{LAYERS.map}</th>
                  {found.map(({ report }) => (
                    <th scope="col" key={report.layer}>
                      {layerText(report.layer)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {KINDS.map((kind) => (
                  <tr key={kind}>
                    <th scope="row" class={`tone-${MAPS[kind].owner}`}>
                      {MAPS[kind].name} <span class="formula">{MAPS[kind].formula}</span>
                    </th>
                    {found.map((layer) => (
                      <td key={layer.report.layer}>
                        <MapTile
                          source={{ data: layer, position, picture }}
                          kind={kind}
                          outline={outline}
                          isShared={false}
                        />
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </Figure>
        </div>
      )}
    </section>
  );
}
