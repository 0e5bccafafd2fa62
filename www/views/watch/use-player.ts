import { useEffect, useState } from "preact/hooks";

/** Time that a point is shown for while the learning is played back, milliseconds. */
const TIME_OF_A_POINT = 500;

/** Which point of a timeline is on show. */
export interface Player {
  position: number;
  isPlaying: boolean;
  show(position: number): void;
  step(by: -1 | 1): void;
  toggle(): void;
}

/**
 * A position among so many points. While points come it stays with the newest, until another one is chosen; going back
 * to the newest follows again.
 */
export function usePlayer(count: number): Player {
  const [chosen, setChosen] = useState<number | null>(null);
  const [isPlaying, setIsPlaying] = useState(false);
  const last = Math.max(0, count - 1);
  const position = Math.min(chosen ?? last, last);
  useEffect(() => {
    if (!isPlaying) return undefined;
    if (position >= last) {
      setIsPlaying(false);
      setChosen(null);
      return undefined;
    }
    const timer = setTimeout(() => {
      setChosen(position + 1);
    }, TIME_OF_A_POINT);
    return () => {
      clearTimeout(timer);
    };
  }, [isPlaying, position, last]);
  const show = (wanted: number): void => {
    setIsPlaying(false);
    setChosen(wanted >= last ? null : Math.max(0, wanted));
  };
  return {
    position,
    isPlaying,
    show,
    step: (by) => {
      show(position + by);
    },
    toggle: () => {
      if (!isPlaying && position >= last) setChosen(0);
      setIsPlaying(!isPlaying);
    },
  };
}
