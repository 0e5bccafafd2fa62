import { createElement, type FunctionComponent, type JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { useActions } from "../app-context";

/** A view that is fetched when it is drawn for the first time: a first visit has no use for what shows a run's results. */
export function later<P extends object>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  let view: FunctionComponent<P> | null = null;
  return function Later(properties: P): JSX.Element | null {
    const { fetchPart } = useActions();
    const [isHere, setIsHere] = useState(view !== null);
    useEffect(() => {
      if (isHere) return undefined;
      let isWanted = true;
      void fetchPart(load).then((fetched) => {
        view = fetched ?? view;
        if (isWanted) setIsHere(view !== null);
      });
      return () => {
        isWanted = false;
      };
    }, [fetchPart, isHere]);
    return view && createElement(view, properties);
  };
}
