// The page's Content-Security-Policy, written once: the built page carries it, and the server sends what the page
// carries, so that it holds behind any other static host too.

/** For a `<meta>` tag. `hosts` are those that the page may ask for data, beside its own; none is usual. */
export function metaPolicy(hosts = []) {
  const directives = [
    "default-src 'self'",
    // Compiling the engine's module needs this; `eval` stays forbidden.
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    ["connect-src 'self'", ...hosts].join(" "),
    // The user's own pictures are blobs, rendered maps may be data addresses.
    "img-src 'self' blob: data:",
    "style-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
  ];
  return directives.join("; ");
}

/** For the header: browsers ignore `frame-ancestors` in a tag, and say so in the console. */
export function headerPolicy(meta) {
  return `${meta}; frame-ancestors 'none'`;
}

/** The policy that a built page carries. */
export function policyOf(html) {
  const [, found] = /http-equiv="?Content-Security-Policy"? content="([^"]+)"/.exec(html) ?? [];
  if (found === undefined) throw new Error("the built page carries no Content-Security-Policy");
  return found;
}
