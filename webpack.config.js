// Three programs, the page, its worker (which webpack finds by the `new Worker(…)` in the page) and the service worker, and
// both engines' modules and the shipped weights as files of their own. Nothing is inlined, because the
// Content-Security-Policy would refuse it.
//
// Whatever lies in `assets` has a name made from its content: a host may let browsers keep it for ever.

import { statSync } from "node:fs";
import CompressionPlugin from "compression-webpack-plugin";
import HtmlWebpackPlugin from "html-webpack-plugin";
import MiniCssExtractPlugin from "mini-css-extract-plugin";
import { fileURLToPath } from "node:url";
import { constants } from "node:zlib";
import webpack from "webpack";
import { metaPolicy } from "./scripts/csp.mjs";
import { HeadersPlugin } from "./scripts/build/headers.mjs";
import { PrecachePlugin } from "./scripts/build/precache.mjs";
import { hubOf } from "./scripts/hub.mjs";

/** The module of the engine that knows both devices. */
const WHOLE_ENGINE = /whole-engine\.[^.]+\.wasm$/;

const hub = hubOf();
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default (_env, { mode = "production" }) => ({
  mode,
  target: ["web", "es2022"],
  entry: { page: here("www/main.tsx"), "service-worker": here("www/service-worker/index.ts") },
  output: {
    path: here("dist"),
    clean: true,
    // A service worker governs the folder that it lies in, and is found again by its name.
    filename: ({ chunk }) => (chunk.name === "service-worker" ? "[name].js" : "assets/[name].[contenthash].js"),
    chunkFilename: "assets/[name].[contenthash].js",
    assetModuleFilename: "assets/[name].[contenthash][ext]",
  },
  // The worker's file gets a name from its path instead of a number.
  optimization: { chunkIds: "named" },
  // Never one of the `eval` kinds, webpack's default while developing.
  devtool: "source-map",
  resolve: { extensions: [".tsx", ".ts", ".js"] },
  module: {
    rules: [
      {
        test: /\.tsx?$/,
        loader: "ts-loader",
        // `npm run types` checks; here only the types are taken off.
        options: {
          transpileOnly: true,
          configFile: here("www/tsconfig.json"),
          compilerOptions: { noEmit: false, sourceMap: true },
        },
      },
      { test: /\.css$/, use: [MiniCssExtractPlugin.loader, "css-loader"] },
      { test: /\.wasm$/, type: "asset/resource", generator: { filename: engineName } },
      { test: /\.safetensors$/, type: "asset/resource" },
      // A page that can ask no hub has nothing to say of one.
      ...(hub ? [] : [{ test: /locales[\\/][\w-]+[\\/]hub\.json$/, type: "json", parser: { parse: () => ({}) } }]),
    ],
  },
  plugins: [
    new webpack.DefinePlugin({
      UNICAM_HUB: JSON.stringify(hub && { name: hub.name, listing: hub.listing }),
      // A compressed answer does not tell how long it is.
      ENGINE_BYTES: JSON.stringify({
        cpu: statSync(here("pkg/cpu/unicam_bg.wasm")).size,
        whole: statSync(here("pkg/unicam_bg.wasm")).size,
      }),
    }),
    new MiniCssExtractPlugin({ filename: "assets/[name].[contenthash].css" }),
    new HtmlWebpackPlugin({
      template: here("www/index.html"),
      chunks: ["page"],
      meta: { policy: { "http-equiv": "Content-Security-Policy", content: metaPolicy(hub?.hosts) } },
    }),
    new PrecachePlugin(),
    new HeadersPlugin(metaPolicy(hub?.hosts)),
    ...(mode === "production" ? compressed() : []),
  ],
  // An engine has megabytes, and the page says how far its download is.
  performance: { hints: false },
});

/** Beside every file that is worth it the same compressed, for hosts that send what lies there. */
function compressed() {
  const common = { test: /\.(js|css|html|wasm|webmanifest)$/, threshold: 1024, minRatio: 0.9 };
  const brotli = (level, files) =>
    new CompressionPlugin({
      ...common,
      ...files,
      filename: "[path][base].br",
      algorithm: "brotliCompress",
      compressionOptions: {
        params: { [constants.BROTLI_PARAM_QUALITY]: level, [constants.BROTLI_PARAM_LGWIN]: 24 },
      },
    });
  return [
    new CompressionPlugin({ ...common, filename: "[path][base].gz", algorithm: "gzip" }),
    brotli(11, { exclude: WHOLE_ENGINE }),
    // The last two levels would cost a minute, and save 5 %.
    brotli(9, { include: WHOLE_ENGINE }),
  ];
}

/** Both engines' modules have one name where they are built. */
function engineName({ filename }) {
  return `assets/${filename.includes("/cpu/") ? "cpu-engine" : "whole-engine"}.[contenthash][ext]`;
}
