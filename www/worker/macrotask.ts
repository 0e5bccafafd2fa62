/**
 * Gives the event loop one turn, so that the worker hears "pause" and "cancel" between two steps. A message to oneself
 * comes back at once, where a timer would wait at least four milliseconds.
 */
export function nextMacrotask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
