import { nextMacrotask } from "./macrotask";
import type { JobControl } from "./queue";

/**
 * Makes one step after the other until one gives a result. Pausing is not asking for the next; a cancel is heard between
 * two steps, and takes the work down in the engine, too.
 */
export async function pull<T>(
  control: JobControl,
  step: () => Promise<T | undefined>,
  takeDown: () => void,
): Promise<T> {
  for (;;) {
    try {
      await control.checkpoint();
    } catch (reason) {
      takeDown();
      throw reason;
    }
    const result = await step();
    if (result !== undefined) return result;
    await nextMacrotask();
  }
}
