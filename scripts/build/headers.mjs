// Writes `_headers`, which Netlify, Cloudflare Pages and their like read; other hosts pass over it.

import webpack from "webpack";
import { headerPolicy } from "../csp.mjs";
import { COMMON, IMMUTABLE, RENEWED } from "./hosting.mjs";

export class HeadersPlugin {
  constructor(policy) {
    this.policy = policy;
  }

  apply(compiler) {
    compiler.hooks.thisCompilation.tap("HeadersPlugin", (compilation) => {
      const stage = webpack.Compilation.PROCESS_ASSETS_STAGE_ADDITIONAL;
      compilation.hooks.processAssets.tap({ name: "HeadersPlugin", stage }, () => {
        compilation.emitAsset("_headers", new webpack.sources.RawSource(headersFile(this.policy)));
      });
    });
  }
}

function headersFile(policy) {
  const rule = (path, headers) => [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)];
  const everywhere = { "Content-Security-Policy": headerPolicy(policy), ...COMMON };
  // No two rules name the same header, since hosts differ in which one wins.
  const renewed = ["/", "/index.html", "/service-worker.js"].flatMap((path) =>
    rule(path, { "Cache-Control": RENEWED }),
  );
  return [...rule("/*", everywhere), ...rule("/assets/*", { "Cache-Control": IMMUTABLE }), ...renewed, ""].join("\n");
}
