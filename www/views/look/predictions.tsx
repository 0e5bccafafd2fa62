import type { JSX } from "preact";

import type { ExplainedImage } from "../../protocol/contract";

/** What the three networks say the picture is, each with a mark that does not rest on colour. */
export function Predictions({ image, classNames }: { image: ExplainedImage; classNames: string[] }): JSX.Element {
  return (
    <ul class="predictions">
      <Prediction network="Teacher" answer={image.teacher} image={image} classNames={classNames} />
      <Prediction network="Student" answer={image.student} image={image} classNames={classNames} />
      <Prediction network="Base" answer={image.base} image={image} classNames={classNames} />
    </ul>
  );
}

function Prediction({
  network,
  answer,
  image,
  classNames,
}: {
  network: "Teacher" | "Student" | "Base";
  answer: number;
  image: ExplainedImage;
  classNames: string[];
}): JSX.Element {
  const isRight = answer === image.label;
  return (
    <li
      class={`prediction tone-${network.toLowerCase()}`}
      data-testid="prediction"
      data-network={network}
      data-right={isRight}
    >
      <span class="prediction-network">{network}</span>
      <span class={`mark ${isRight ? "mark-right" : "mark-wrong"}`}>
        <span aria-hidden="true">{isRight ? "✓" : "✗"}</span>
        <span class="visually-hidden">{isRight ? "right: " : "wrong: "}</span>{" "}
        {classNames[answer] ?? `class ${String(answer)}`}
      </span>
    </li>
  );
}
