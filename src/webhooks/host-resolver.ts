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
    resolve4: (host) => resolver.resolve4(host),
    resolve6: (host) => resolver.resolve6(host),
    lookup: async (host) => (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address),
  };
}
