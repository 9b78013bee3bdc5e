/** How often one client may ask: so many requests a minute for each API key, or for each address without one. */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import ipaddr from "ipaddr.js";
import { RateLimiterMemory, RateLimiterRes } from "rate-limiter-flexible";
import { isOwnConnection } from "./client.ts";
import { Problem, problemResponse } from "./problem.ts";
import type { Check } from "./server.ts";

const DEFAULT_A_MINUTE = 6_000;
const WINDOW_S = 60;
const POLICY = '"default"';
// What watches over the process must not be told to wait: it would take that for an illness.
const UNLIMITED = /^\/(healthz|readyz)($|\?)/;
const IPV6_SITE_BITS = 64;

/**
 * Who is counted together when there is no key: an IPv4 address, or an IPv6 network of 64 bits, for a customer is given
 * at least as many. What a proxy says of its clients is not believed: anybody could write it.
 */
export function addressBucket(remoteAddress: string | undefined): string {
  if (remoteAddress === undefined || !ipaddr.isValid(remoteAddress)) return "unknown";
  const address = ipaddr.process(remoteAddress);
  if (address.kind() === "ipv4") return address.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${address.toString()}/${IPV6_SITE_BITS}`).toString();
}

/** What the limit needs to know. */
export interface RateLimit {
  /** requests a minute; null: 6000 for others than this machine; 0: no limit */
  readonly limit: number | null;
  /** whether the API key in these headers is good; others count for their address */
  readonly isKnownKey: (headers: Headers) => Promise<boolean>;
}

async function bucketOf(incoming: IncomingMessage, isKnownKey: RateLimit["isKnownKey"]): Promise<string> {
  const { authorization } = incoming.headers;
  if (authorization !== undefined && (await isKnownKey(new Headers({ authorization })))) {
    return `key ${createHash("sha256").update(authorization).digest("base64url")}`;
  }
  return `address ${addressBucket(incoming.socket.remoteAddress)}`;
}

/**
 * The check of each request, if there is a limit. Answers say where the client stands (`RateLimit`, `RateLimit-Policy`);
 * past the limit it is told when to come back.
 *
 * @see draft-ietf-httpapi-ratelimit-headers-10
 */
export function rateLimitChecks({ limit, isKnownKey }: RateLimit): Check[] {
  if (limit === 0) return [];
  const perMinute = limit ?? DEFAULT_A_MINUTE;
  const limiter = new RateLimiterMemory({ points: perMinute, duration: WINDOW_S });

  const count = async (incoming: IncomingMessage): Promise<{ state: RateLimiterRes; isOver: boolean }> => {
    const bucket = await bucketOf(incoming, isKnownKey);
    try {
      return { state: await limiter.consume(bucket), isOver: false };
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return { state: refused, isOver: true };
      throw refused;
    }
  };

  const check: Check = (incoming, outgoing) => {
    const { url = "" } = incoming;
    if (UNLIMITED.test(url)) return null;
    if (limit === null && isOwnConnection({ incoming })) return null;
    return count(incoming).then(({ state, isOver }) => {
      const waitS = Math.max(1, Math.ceil(state.msBeforeNext / 1_000));
      outgoing.setHeader("RateLimit-Policy", `${POLICY};q=${perMinute};w=${WINDOW_S}`);
      outgoing.setHeader("RateLimit", `${POLICY};r=${state.remainingPoints};t=${waitS}`);
      if (!isOver) return null;
      const detail = `Cannot answer so soon: ${perMinute} requests in ${WINDOW_S} s were made, try again in ${waitS} s`;
      return problemResponse(new Problem(429, detail, { headers: { "Retry-After": String(waitS) } }), url);
    });
  };
  return [check];
}
