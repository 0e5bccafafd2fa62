declare module "*.css";

/** Put in by the build: the hub that data sets may be fetched from, or null. There is none outside of a build. */
declare const UNICAM_HUB: { name: string; listing: string } | null;
