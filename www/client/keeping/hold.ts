/** Names of the locks by which tabs say which work is theirs; a tab that is closed lets go of its lock. */
const PREFIX = "unicam-work-";

/** Takes a work for this tab until the returned function is called; null where another tab has it. */
export function hold(id: string): Promise<(() => void) | null> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(PREFIX + id, { ifAvailable: true }, (lock) => {
        if (!lock) {
          resolve(null);
          return undefined;
        }
        return new Promise<void>((release) => {
          resolve(release);
        });
      })
      .catch(reject);
  });
}

/** Which works tabs have now, this one's included. */
export async function isHeld(): Promise<(id: string) => boolean> {
  const { held = [] } = await navigator.locks.query();
  const names = new Set(held.map(({ name }) => name));
  return (id) => names.has(PREFIX + id);
}
