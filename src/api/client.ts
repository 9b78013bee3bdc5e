/** Who asks, as far as it decides what may be passed on. */

/** What the HTTP server tells of a request; absent when the app is called directly. */
export interface Connection {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string | undefined } };
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/;

// A proxy on this machine speaks from loopback for anybody. What it says of its client is not believed either way.
const PROXY_HEADERS = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via", "cf-connecting-ip"];

/** True only for a client on this machine that no proxy speaks for. An unknown address is somebody else's. */
export function isOwnMachine(connection: Connection | undefined, headers: Headers): boolean {
  const address = connection?.incoming?.socket?.remoteAddress ?? "";
  return LOOPBACK.test(address) && !PROXY_HEADERS.some((name) => headers.has(name));
}
