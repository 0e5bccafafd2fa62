import type { JSX } from "preact";

import type { ExplainedImage } from "../../protocol/contract";
import { tell } from "../../text/i18n";
import { LOOK_TEXT } from "../../text/maps";
import { WORDS } from "../../text/page";

/** What the three networks say the picture is, each with a mark that does not rest on colour. */
export function Predictions({ image, classNames }: { image: ExplainedImage; classNames: string[] }): JSX.Element {
  return (
    <ul class="predictions">
      <Prediction network="teacher" answer={image.teacher} image={image} classNames={classNames} />
      <Prediction network="student" answer={image.student} image={image} classNames={classNames} />
      <Prediction network="base" answer={image.base} image={image} classNames={classNames} />
    </ul>
  );
}

function Prediction({
  network,
  answer,
  image,
  classNames,
}: {
  network: "teacher" | "student" | "base";
  answer: number;
  image: ExplainedImage;
  classNames: string[];
}): JSX.Element {
  const isRight = answer === image.label;
  return (
    <li class={`prediction tone-${network}`} data-testid="prediction" data-network={network} data-right={isRight}>
      <span class="prediction-network">{WORDS[network]}</span>
      <span class={`mark ${isRight ? "mark-right" : "mark-wrong"}`}>
        <span aria-hidden="true">{isRight ? "✓" : "✗"}</span>
        <span class="visually-hidden">{isRight ? LOOK_TEXT.right : LOOK_TEXT.wrong}</span>{" "}
        {classNames[answer] ?? tell("words.classOf", { label: answer })}
      </span>
    </li>
  );
}
