import type { JSX } from "preact";

import { ABOUT } from "../../text/about";
import { Diagram } from "./diagram";

/** What the words and pictures mean, and whose method it is. */
export function About(): JSX.Element {
  const { title, answers, citation, citationLead, citationLink, disclaimer } = ABOUT;
  return (
    <footer class="about" aria-labelledby="about-title">
      <h2 id="about-title">{title}</h2>
      <div class="about-body">
        <Diagram />
        <dl class="terms">
          {answers.map(({ term, text }) => (
            <div key={term}>
              <dt>{term}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
      </div>
      <p class="fine">
        {citationLead} {citation}{" "}
        <a href={citationLink.href} rel="noreferrer">
          {citationLink.text}
        </a>
        . {disclaimer}
      </p>
    </footer>
  );
}
