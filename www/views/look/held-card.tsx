import { Component, type JSX } from "preact";

import { type CardProperties, ImageCard } from "./card";

/** What a card of the gallery is drawn from; compared one by one, by identity. */
export interface HeldProperties extends CardProperties {
  onOpen: (position: number) => void;
}

/**
 * A card that is drawn again only once one of its properties is another.
 *
 * A kept node would do as well, but for memory: a node holds the tree that it stands in, and so the nodes that were kept
 * there, whose trees are older still. What is held here is what the card is drawn from.
 */
export class HeldCard extends Component<HeldProperties> {
  override shouldComponentUpdate(next: HeldProperties): boolean {
    return (Object.keys(next) as (keyof HeldProperties)[]).some((name) => next[name] !== this.props[name]);
  }

  override render(): JSX.Element {
    const { onOpen, ...shown } = this.props;
    return (
      <ImageCard
        {...shown}
        onOpen={() => {
          onOpen(shown.source.position);
        }}
      />
    );
  }
}
