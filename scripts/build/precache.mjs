// Tells the service worker which files belong to this build.

import { createHash } from "node:crypto";
import webpack from "webpack";

const WORKER = "service-worker.js";
/** What stands for the lists in the worker's program. */
const FOR_ALL = "self.PRECACHE_FILES";
const FOR_SOME = "self.FETCHED_WHEN_WANTED";
/** Kept once they were wanted: the engine that knows GPUs, and weights for data that a visitor has to bring. */
const WANTED_BY_SOME = /^assets\/(whole-engine|cifar10-)/;
/** Not for visitors: maps of the sources, files for hosts, and what is fetched in another form. */
const LEFT_OUT = /\.(map|br|gz|txt)$|^_headers$/;

export class PrecachePlugin {
  apply(compiler) {
    compiler.hooks.thisCompilation.tap("PrecachePlugin", (compilation) => {
      // After names are final and before anything is compressed.
      const stage = webpack.Compilation.PROCESS_ASSETS_STAGE_OPTIMIZE_HASH + 1;
      compilation.hooks.processAssets.tap({ name: "PrecachePlugin", stage }, (assets) => {
        const source = assets[WORKER]?.source().toString();
        for (const token of [FOR_ALL, FOR_SOME])
          if (!source?.includes(token)) throw new Error(`${WORKER} does not ask for ${token}`);
        const names = Object.keys(assets).filter((name) => name !== WORKER && !LEFT_OUT.test(name));
        const [some, all] = [true, false].map((some) =>
          names.filter((name) => WANTED_BY_SOME.test(name) === some).sort(),
        );
        const list = all.map((url) => ({ url, revision: revision(url, assets[url].source()) }));
        const told = source.replace(FOR_ALL, JSON.stringify(list)).replace(FOR_SOME, JSON.stringify(some));
        compilation.updateAsset(WORKER, new webpack.sources.RawSource(told));
      });
    });
  }
}

/** Nothing for a file whose name tells its content. */
function revision(name, content) {
  return name.startsWith("assets/") ? null : createHash("sha256").update(content).digest("hex").slice(0, 16);
}
