import type { JSX } from "preact";

import { ABOUT, ABOUT_ANSWERS, CITATION } from "../../text/about";
import { Diagram } from "./diagram";

/** What the words and pictures mean, and whose method it is. */
export function About(): JSX.Element {
  const { title, answers, citationLead, disclaimer } = ABOUT;
  return (
    <footer class="about" aria-labelledby="about-title">
      <h2 id="about-title">{title}</h2>
      <div class="about-body">
        <Diagram />
        <dl class="terms">
          {ABOUT_ANSWERS.map((name) => (
            <div key={name}>
              <dt>{answers[name].term}</dt>
              <dd>{answers[name].text}</dd>
            </div>
          ))}
        </dl>
      </div>
      <p class="fine">
        {citationLead} <span lang="en">{CITATION.text}</span>{" "}
        <a href={CITATION.link.href} rel="noreferrer">
          {CITATION.link.text}
        </a>
        . {disclaimer}
      </p>
    </footer>
  );
}
