/** Who asks, as far as it decides what may be passed on. */

/** What the HTTP server tells of a request; absent when the app is called directly. */
export interface Connection {
  readonly incoming?: {
    readonly socket?: { readonly remoteAddress?: string | undefined };
    readonly headers?: Readonly<Record<string, unknown>>;
  };
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/;

// A proxy on this machine speaks from loopback for anybody. What it says of its client is not believed either way.
const PROXY_HEADERS = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via", "cf-connecting-ip"];

/** True only for a connection from this machine that no proxy speaks for. An unknown address is somebody else's. */
export function isOwnConnection(connection: Connection | undefined): boolean {
  const address = connection?.incoming?.socket?.remoteAddress ?? "";
  const sent = connection?.incoming?.headers;
  return LOOPBACK.test(address) && (sent === undefined || !PROXY_HEADERS.some((name) => sent[name] !== undefined));
}

/**
 * The same for a request. What a page asks on behalf of a request has the request's connection and not its headers: both
 * are looked at.
 */
export function isOwnMachine(connection: Connection | undefined, headers: Headers): boolean {
  return isOwnConnection(connection) && !PROXY_HEADERS.some((name) => headers.has(name));
}
