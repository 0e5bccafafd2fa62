// The page's Content-Security-Policy, written once: the server sends it and the built page carries it, so that it
// holds behind any other static host too.

const directives = [
  "default-src 'self'",
  // Compiling the engine's module needs this; `eval` stays forbidden.
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  // The user's own pictures are blobs, rendered maps may be data addresses.
  "img-src 'self' blob: data:",
  "style-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
];

/** For a `<meta>` tag. */
export const metaPolicy = directives.join("; ");

/** For the header: browsers ignore `frame-ancestors` in a tag, and say so in the console. */
export const headerPolicy = [...directives, "frame-ancestors 'none'"].join("; ");
