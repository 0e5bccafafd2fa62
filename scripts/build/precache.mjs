// Tells the service worker which files belong to this build.

import { createHash } from "node:crypto";
import webpack from "webpack";

const WORKER = "service-worker.js";
/** What stands for the list in the worker's program. */
const TOKEN = "self.PRECACHE_FILES";
/** Not for visitors: maps of the sources, files for hosts, and what is fetched in another form. */
const LEFT_OUT = /\.(map|br|gz|txt)$|^_headers$/;

export class PrecachePlugin {
  apply(compiler) {
    compiler.hooks.thisCompilation.tap("PrecachePlugin", (compilation) => {
      // After names are final and before anything is compressed.
      const stage = webpack.Compilation.PROCESS_ASSETS_STAGE_OPTIMIZE_HASH + 1;
      compilation.hooks.processAssets.tap({ name: "PrecachePlugin", stage }, (assets) => {
        const source = assets[WORKER]?.source().toString();
        if (!source?.includes(TOKEN)) throw new Error(`${WORKER} does not ask for ${TOKEN}`);
        const names = Object.keys(assets).filter((name) => name !== WORKER && !LEFT_OUT.test(name));
        const list = names.sort().map((url) => ({ url, revision: revision(url, assets[url].source()) }));
        const told = source.replace(TOKEN, JSON.stringify(list));
        compilation.updateAsset(WORKER, new webpack.sources.RawSource(told));
      });
    });
  }
}

/** Nothing for a file whose name tells its content. */
function revision(name, content) {
  return name.startsWith("assets/") ? null : createHash("sha256").update(content).digest("hex").slice(0, 16);
}
