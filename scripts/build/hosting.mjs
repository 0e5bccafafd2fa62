// How long browsers may keep what the page is made of; said by our server, and to hosts.

/** What every answer says. */
export const COMMON = { "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer" };
/** Of files whose name tells their content. */
export const IMMUTABLE = "public, max-age=31536000, immutable";
/** Of all others: asked for again, and sent again only if they have changed. */
export const RENEWED = "no-cache";
