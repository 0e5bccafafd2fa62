// Two programs, the page and its worker (which webpack finds by the `new Worker(…)` in the page), and the engine's
// module as a file of its own. Nothing is inlined, because the Content-Security-Policy would refuse it.

import HtmlWebpackPlugin from "html-webpack-plugin";
import MiniCssExtractPlugin from "mini-css-extract-plugin";
import { fileURLToPath } from "node:url";
import webpack from "webpack";
import { metaPolicy } from "./scripts/csp.mjs";
import { hubOf } from "./scripts/hub.mjs";

const hub = hubOf();
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export default (_env, { mode = "production" }) => ({
  mode,
  target: ["web", "es2022"],
  entry: { page: here("www/main.tsx") },
  output: {
    path: here("dist"),
    clean: true,
    filename: "[name].[contenthash].js",
    chunkFilename: "[name].[contenthash].js",
    assetModuleFilename: "[name].[contenthash][ext]",
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
      { test: /\.wasm$/, type: "asset/resource" },
    ],
  },
  plugins: [
    new webpack.DefinePlugin({ UNICAM_HUB: JSON.stringify(hub && { name: hub.name, listing: hub.listing }) }),
    new MiniCssExtractPlugin({ filename: "[name].[contenthash].css" }),
    new HtmlWebpackPlugin({
      template: here("www/index.html"),
      meta: { policy: { "http-equiv": "Content-Security-Policy", content: metaPolicy(hub?.hosts) } },
    }),
  ],
  // The engine has many megabytes, and the page says how far its download is.
  performance: { hints: false },
});
