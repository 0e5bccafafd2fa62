import { useEffect, useState } from "preact/hooks";

/** The width below which a page is a phone's; the styles have the same. */
const NARROW = "(max-width: 34rem)";

/** Whether the page is as narrow as a phone. */
export function useNarrow(): boolean {
  const [isNarrow, setIsNarrow] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const query = matchMedia(NARROW);
    const update = (): void => {
      setIsNarrow(query.matches);
    };
    query.addEventListener("change", update);
    return () => {
      query.removeEventListener("change", update);
    };
  }, []);
  return isNarrow;
}
