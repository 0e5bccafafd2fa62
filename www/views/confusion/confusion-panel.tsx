import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Answers, Picture } from "../../protocol/contract";
import { percent } from "../../render/format";
import { type ConfusionCell, type Network, NETWORKS, picturesOfCell } from "../../state/confusion";
import type { AppState, ResultState } from "../../state/model";
import { tell, texts } from "../../text/i18n";
import { useActions, useSelect } from "../app-context";
import { Figure } from "../common/figure";
import { FailureNotice } from "../common/notice";
import { PictureThumb } from "../common/picture-thumb";

const CONFUSION = texts("confusion");

/** Most pictures of a cell that are shown. */
const MOST_PICTURES = 24;

const selectAnswers = (state: AppState): ResultState<Answers> => state.answers;

/** Which class Teacher, Student and Base take for which; a cell filters the pictures. */
export function ConfusionPanel({
  classNames,
  cell,
  shown,
  onCell,
}: {
  classNames: string[];
  cell: ConfusionCell | null;
  /** pictures of the cell that have maps */
  shown: number;
  onCell: (cell: ConfusionCell | null) => void;
}): JSX.Element {
  const state = useSelect(selectAnswers);
  const actions = useActions();
  const answers = state.phase === "ready" ? state.value : null;
  return (
    <section class="confusions" data-testid="confusions" aria-labelledby="title-confusions">
      <h3 id="title-confusions">{CONFUSION.title}</h3>
      {state.phase === "none" && (
        <p class="actions">
          <button type="button" class="button" data-testid="run-answers" onClick={() => void actions.askAll()}>
            {CONFUSION.run}
          </button>
        </p>
      )}
      {state.phase === "computing" && (
        <p class="waiting" aria-live="polite">
          {CONFUSION.running}
        </p>
      )}
      {state.phase === "failed" && <FailureNotice failure={state.failure} testId="answers-failure" />}
      {answers && (
        <>
          <p class="fine">{tell("confusion.lead", { n: answers.confusion.n })}</p>
          <Figure name="confusions" title={CONFUSION.title}>
            <div class="confusion-tables">
              {NETWORKS.map((network) => (
                <ConfusionTable
                  key={network}
                  network={network}
                  answers={answers}
                  classNames={classNames}
                  cell={cell}
                  onCell={onCell}
                />
              ))}
            </div>
          </Figure>
          {cell && <CellPictures answers={answers} cell={cell} shown={shown} classNames={classNames} onCell={onCell} />}
        </>
      )}
    </section>
  );
}

function ConfusionTable({
  network,
  answers,
  classNames,
  cell,
  onCell,
}: {
  network: Network;
  answers: Answers;
  classNames: string[];
  cell: ConfusionCell | null;
  onCell: (cell: ConfusionCell | null) => void;
}): JSX.Element {
  const counts = answers.confusion[network];
  const right = counts.reduce((sum, row, label) => sum + (row[label] ?? 0), 0);
  const name = CONFUSION.networks[network];
  return (
    <div class="table-scroll">
      <table class={`confusion tone-${network}`} data-testid={`confusion-${network}`}>
        <caption>
          {name} · {tell("confusion.right", { share: percent(right / answers.confusion.n).text })}
        </caption>
        <thead>
          <tr>
            <th scope="col">{CONFUSION.truth}</th>
            {classNames.map((className) => (
              <th scope="col" key={className} title={className}>
                {className}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {counts.map((row, label) => (
            <tr key={label}>
              <th scope="row">{classNames[label]}</th>
              {row.map((count, answer) => {
                const own = { network, label, answer };
                const isChosen = cell?.network === network && cell.label === label && cell.answer === answer;
                const told = { network: name, label: classNames[label] ?? "", answer: classNames[answer] ?? "", count };
                return (
                  <td key={answer}>
                    <CellButton
                      text={String(count)}
                      share={count / Math.max(1, ...row)}
                      label={tell("confusion.cell", told)}
                      testId={`cell-${network}-${String(label)}-${String(answer)}`}
                      isChosen={isChosen}
                      onChoose={() => {
                        onCell(isChosen ? null : own);
                      }}
                    />
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CellButton({
  text,
  share,
  label,
  testId,
  isChosen,
  onChoose,
}: {
  text: string;
  /** of the row's largest count, 0..1 */
  share: number;
  label: string;
  testId: string;
  isChosen: boolean;
  onChoose: () => void;
}): JSX.Element {
  const button = useRef<HTMLButtonElement>(null);
  // Set here, since the page's policy forbids styles in its text.
  useEffect(() => {
    button.current?.style.setProperty("--share", String(share));
  }, [share]);
  return (
    <button
      type="button"
      ref={button}
      aria-label={label}
      aria-pressed={isChosen}
      title={label}
      data-testid={testId}
      data-figure-cell=""
      onClick={onChoose}
    >
      {text}
    </button>
  );
}

/** What a cell holds: in words, and its first pictures. */
function CellPictures({
  answers,
  cell,
  shown,
  classNames,
  onCell,
}: {
  answers: Answers;
  cell: ConfusionCell;
  shown: number;
  classNames: string[];
  onCell: (cell: null) => void;
}): JSX.Element {
  const actions = useActions();
  const [pictures, setPictures] = useState<Picture[]>([]);
  const { network, label, answer } = cell;
  useEffect(() => {
    let isWanted = true;
    const indices = picturesOfCell(answers, { network, label, answer }).slice(0, MOST_PICTURES);
    void actions.fetchPictures(indices).then((found) => {
      if (isWanted) setPictures(found);
    });
    return () => {
      isWanted = false;
    };
  }, [actions, answers, network, label, answer]);
  const told = {
    network: CONFUSION.networks[network],
    label: classNames[label] ?? "",
    answer: classNames[answer] ?? "",
    count: picturesOfCell(answers, cell).length,
    shown,
  };
  return (
    <div class="confusions" data-testid="cell-pictures">
      <p aria-live="polite">{tell("confusion.chosen", told)}</p>
      <div class="thumb-strip">
        {pictures.map((picture, i) => (
          <PictureThumb key={`${network} ${String(label)} ${String(answer)} ${String(i)}`} picture={picture} />
        ))}
      </div>
      <p class="actions">
        <button
          type="button"
          class="button button-small"
          data-testid="clear-cell"
          onClick={() => {
            onCell(null);
          }}
        >
          {CONFUSION.clear}
        </button>
      </p>
    </div>
  );
}
