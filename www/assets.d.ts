declare module "*.css";

interface ImportMeta {
  /** Files of a folder, by the build: their addresses by `./name`. */
  webpackContext(folder: string, options: { regExp: RegExp }): (key: string) => string;
}

/** Put in by the build: the hub that data sets may be fetched from, or null. There is none outside of a build. */
declare const UNICAM_HUB: { name: string; listing: string } | null;
