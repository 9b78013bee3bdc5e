import { lookup, Resolver } from "node:dns/promises";

/** Asks for the addresses of a host. Each rejects as node:dns does, with a `code`. */
export interface HostResolver {
  /** A records, by DNS alone */
  readonly resolve4: (host: string) => Promise<readonly string[]>;
  /** AAAA records, by DNS alone */
  readonly resolve6: (host: string) => Promise<readonly string[]>;
  /** addresses as the system sees them, its hosts file included */
  readonly lookup: (host: string) => Promise<readonly string[]>;
}

// Whoever asks waits 5 s in all. Two tries for each server, the first of 2 s, so that one lost packet is not an error.
const QUERY_TIMEOUT_MS = 2_000;
const QUERY_TRIES = 2;

type Ask = (host: string) => Promise<readonly string[]>;

/**
 * The same question, asked once for all who ask it while it is under way: a burst of messages to one host is one question.
 * Nothing is kept once the answer has come, so that who asks then asks anew, and the guard sees where the name leads now.
 */
export function askedTogether(ask: Ask): Ask {
  const underWay = new Map<string, Promise<readonly string[]>>();
  return (host) => {
    const known = underWay.get(host);
    if (known !== undefined) return known;
    const asked = ask(host).finally(() => underWay.delete(host));
    underWay.set(host, asked);
    return asked;
  };
}

/**
 * The resolver for use: DNS by c-ares, which reads no hosts file and adds no search domain, and the system's own for hosts
 * that the operator named.
 *
 * @param servers addresses of name servers, with port, in place of the system's
 */
export function hostResolver(servers?: readonly string[]): HostResolver {
  const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  return {
    resolve4: askedTogether((host) => resolver.resolve4(host)),
    resolve6: askedTogether((host) => resolver.resolve6(host)),
    lookup: askedTogether(async (host) =>
      (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address),
    ),
  };
}
