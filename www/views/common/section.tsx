import type { ComponentChildren, JSX } from "preact";

import type { SectionName } from "../../state/sections";
import { SECTIONS } from "../../text/page";
import { takeFocus } from "./keep-focus";

/** One of the numbered sections: what it is about on the left, the thing itself on the right. */
export function Section({
  name,
  lead,
  aside,
  isWide = false,
  children,
}: {
  name: SectionName;
  /** instead of the section's own lead */
  lead?: string;
  /** below the lead */
  aside?: ComponentChildren;
  /** give the thing itself the whole width, below what it is about */
  isWide?: boolean;
  children: ComponentChildren;
}): JSX.Element | null {
  const position = SECTIONS.findIndex((candidate) => candidate.name === name);
  const section = SECTIONS[position];
  if (!section) return null;
  return (
    <section
      class={isWide ? "section section-wide" : "section"}
      id={name}
      data-testid={`section-${name}`}
      aria-labelledby={`title-${name}`}
    >
      <div class="section-side">
        <h2 id={`title-${name}`}>
          <span class="section-number" aria-hidden="true">
            {position + 1}
          </span>
          {section.text.title}
        </h2>
        <p class="lead">{lead ?? section.text.lead}</p>
        {aside}
      </div>
      <div class="section-body">{children}</div>
    </section>
  );
}

/** Brings a section into sight, at once for those who want no motion. */
export function showSection(name: SectionName): void {
  showPlace(name);
}

/** Brings any place of the page into sight, by its id, and the focus to its heading, so that keys go on from there. */
export function showPlace(id: string): void {
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const place = document.getElementById(id);
  const heading = place?.querySelector("h2");
  // Who fills in a field meanwhile goes on with it.
  if (heading && !document.activeElement?.matches("input, select, textarea")) takeFocus(heading);
  place?.scrollIntoView({ behavior: isCalm ? "auto" : "smooth", block: "start" });
}
