// The page of `npm run bench`: each engine is a chunk of its own, so that a page loads one of them.

import HtmlWebpackPlugin from "html-webpack-plugin";
import { fileURLToPath } from "node:url";
import MinimizerPlugin from "minimizer-webpack-plugin";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** What the page's own policy must allow beyond the product's: threads of the peers run in workers made of text. */
const policy = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval' blob:; worker-src 'self' blob:; img-src data:";

export default {
  mode: "production",
  target: ["web", "es2022"],
  entry: { bench: here("page/index.ts") },
  output: {
    path: here("../node_modules/.cache/unicam/bench"),
    clean: true,
    filename: "[name].js",
    chunkFilename: "[name].js",
    assetModuleFilename: "[name][ext]",
  },
  devtool: false,
  // Minified once, which takes most of the time.
  cache: { type: "filesystem", cacheDirectory: here("../node_modules/.cache/unicam/bench-webpack") },
  optimization: {
    // A page loads what its engine needs and nothing else.
    splitChunks: false,
    // TensorFlow.js hands the text of a function to its threads, and names in it may not change.
    minimizer: [new MinimizerPlugin({ exclude: /tfjs-wasm/, extractComments: false })],
  },
  resolve: { extensions: [".ts", ".js"] },
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: "ts-loader",
        options: { transpileOnly: true, configFile: here("tsconfig.json"), compilerOptions: { noEmit: false } },
      },
      // Our two engines have one name where they are built.
      { test: /\.wasm$/, type: "asset/resource", generator: { filename: "[path][name][ext]" } },
    ],
  },
  plugins: [
    new HtmlWebpackPlugin({
      template: here("page/index.html"),
      meta: { policy: { "http-equiv": "Content-Security-Policy", content: policy } },
    }),
  ],
  performance: { hints: false },
};
