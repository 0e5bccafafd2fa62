import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { MatricesData } from "../../protocol/messages";
import type { MatrixView } from "../../render/matrix";
import type { AppState, ResultState } from "../../state/model";
import { layerOnShow } from "../../state/select";
import { layerText } from "../../text/fields";
import { tell, texts } from "../../text/i18n";
import { useActions, useSelect } from "../app-context";
import { Figure } from "../common/figure";
import { FailureNotice } from "../common/notice";
import { Tabs } from "../common/tabs";
import { MatrixPicture } from "./matrix-picture";
import { PairPanel } from "./pair-panel";

const MATRICES = texts("matrices");

const selectMatrices = (state: AppState): ResultState<MatricesData> => state.matrices;
const selectLayer = (state: AppState): string => `layer${String(layerOnShow(state))}`;

/** The distance matrices of the networks and of what a removal leaves, each cell with its pair of pictures. */
export function MatricesPanel({ classNames }: { classNames: string[] }): JSX.Element {
  const state = useSelect(selectMatrices);
  const layer = useSelect(selectLayer);
  const actions = useActions();
  const data = state.phase === "ready" ? state.value : "previous" in state ? state.previous : null;
  return (
    <section class="matrices" data-testid="matrices" aria-labelledby="title-matrices">
      <h3 id="title-matrices">{MATRICES.title}</h3>
      <p class="fine">{MATRICES.lead}</p>
      {state.phase === "computing" ? (
        <p class="waiting" aria-live="polite">
          {MATRICES.running}
        </p>
      ) : (
        data?.report.layer !== layer && (
          <p class="actions">
            <button
              type="button"
              class="button"
              data-testid="run-matrices"
              onClick={() => void actions.compareMatrices()}
            >
              {data ? tell("matrices.again", { layer: layerText(layer) }) : MATRICES.run}
            </button>
          </p>
        )
      )}
      {state.phase === "failed" && <FailureNotice failure={state.failure} testId="matrices-failure" />}
      {data && <Matrices data={data} classNames={classNames} />}
    </section>
  );
}

function Matrices({ data, classNames }: { data: MatricesData; classNames: string[] }): JSX.Element | null {
  const { report } = data;
  const [kind, setKind] = useState<(typeof report.matrices)[number]["kind"]>("distilled");
  const [view, setView] = useState<MatrixView>("values");
  const [cell, setCell] = useState<[number, number]>([0, 1]);
  const matrix = report.matrices.find((candidate) => candidate.kind === kind);
  if (!matrix) return null;
  return (
    <>
      <div class="toolbar-group">
        <Tabs
          name="matrix"
          label={MATRICES.kind}
          chosen={kind}
          options={report.matrices.map(({ kind: value }) => ({ value, label: MATRICES.kinds[value] }))}
          onChoose={setKind}
        />
        <Tabs
          name="matrix-view"
          label={MATRICES.shows}
          chosen={view}
          options={(["values", "added"] as const).map((value) => ({ value, label: MATRICES[value] }))}
          onChoose={setView}
        />
      </div>
      <Figure name="matrix" title={MATRICES.kinds[kind]}>
        <div class="matrices-body">
          <MatrixPicture data={data} matrix={matrix} view={view} cell={cell} onCell={setCell} classNames={classNames} />
          <PairPanel data={data} matrix={matrix} cell={cell} classNames={classNames} />
        </div>
      </Figure>
    </>
  );
}
