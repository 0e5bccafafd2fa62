// Memory of a page and its workers, after the garbage was collected: as the browser's own debugger tells it, so that the page
// is the one that visitors get.

/** Objects and the array buffers that they hold: maps and pictures are such. */
const heapOf = ({ usedSize, backingStorageSize = 0 }) => usedSize + backingStorageSize;

/** Watches a page's workers; {@link read} gives bytes, `wasm` of all WebAssembly memories together. */
export async function memoryOf(page) {
  const session = await page.context().newCDPSession(page);
  const workers = new Map();
  let last = 0;
  session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
    if (targetInfo.type === "worker") workers.set(sessionId, new Map());
  });
  session.on("Target.detachedFromTarget", ({ sessionId }) => {
    for (const answer of workers.get(sessionId)?.values() ?? []) answer({ result: null });
    workers.delete(sessionId);
  });
  session.on("Target.receivedMessageFromTarget", ({ sessionId, message }) => {
    const { id, ...answer } = JSON.parse(message);
    workers.get(sessionId)?.get(id)?.(answer);
    workers.get(sessionId)?.delete(id);
  });
  // Not flat: such sessions would be the browser's, and messages to them go through this one.
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });

  const ask = (sessionId, method, params = {}) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      workers.get(sessionId).set(id, ({ result, error }) => {
        if (error) reject(new Error(`${method}: ${error.message}`));
        else resolve(result);
      });
      const message = JSON.stringify({ id, method, params });
      session.send("Target.sendMessageToTarget", { sessionId, message }).catch(reject);
    });

  async function wasmBytes(sessionId) {
    const prototype = await ask(sessionId, "Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
    const { objects } = await ask(sessionId, "Runtime.queryObjects", { prototypeObjectId: prototype.result.objectId });
    const { result } = await ask(sessionId, "Runtime.callFunctionOn", {
      objectId: objects.objectId,
      functionDeclaration: "function () { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0); }",
      returnByValue: true,
    });
    await ask(sessionId, "Runtime.releaseObject", { objectId: objects.objectId });
    return result.value;
  }

  async function read() {
    await session.send("HeapProfiler.collectGarbage");
    const read = {
      page: heapOf(await session.send("Runtime.getHeapUsage")),
      worker: 0,
      wasm: 0,
      workers: workers.size,
    };
    for (const sessionId of [...workers.keys()]) {
      // Finding objects collects the garbage first.
      read.wasm += await wasmBytes(sessionId);
      read.worker += heapOf(await ask(sessionId, "Runtime.getHeapUsage"));
    }
    return read;
  }
  return { read };
}
