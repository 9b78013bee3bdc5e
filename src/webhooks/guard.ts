/** Which addresses a webhook may call. Whoever may create a webhook must not reach what only this machine can reach. */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { LRUCache } from "lru-cache";
import { classifyAddress } from "./address-ranges.ts";
import { type AllowList, isAllowedAddress } from "./allow-list.ts";
import type { HostResolver } from "./host-resolver.ts";
import { isLocalhost, isPrivateName } from "./private-names.ts";

export type UrlCheck =
  | { readonly ok: true; readonly url: URL }
  /** `reason` completes "this URL cannot be a webhook's: " */
  | { readonly ok: false; readonly reason: string };

const LONGEST_URL = 2048;
const PUBLIC_PORTS: readonly string[] = ["", "443", "8443"];
const ALLOW = "CUTWATCH_WEBHOOK_ALLOW";

const no = (reason: string) => ({ ok: false, reason }) as const;

/** `[::1]` and `127.0.0.1` as addresses; null for a name. */
function literalOf(hostname: string): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/, "$1");
  return isIP(bare) === 0 ? null : bare;
}

/**
 * Whether a URL may be a webhook's, as far as the URL itself tells: https on port 443 or 8443 to a name of the public
 * internet, or whatever host the allow list names. Where the name leads is for `resolveTarget`.
 */
export function checkUrl(text: string, allow: AllowList): UrlCheck {
  if (text.length > LONGEST_URL) return no(`it has ${text.length} characters, may have ${LONGEST_URL}`);
  // A browser would drop tabs and line ends and read \ as /; what was meant is not for us to guess.
  if (/[\s\p{Cc}\\]/u.test(text)) return no("it holds a space, a control character or a backslash");
  const authority = /^https?:\/\/([^/?#]+)/i.exec(text)?.[1];
  if (authority === undefined) return no("it must start with https:// and name a host");
  if (authority.includes("@")) return no("it holds a user name or a password");
  if (authority.includes("%")) return no("its host holds a percent sign");
  if (text.includes("#")) return no("it holds a fragment, which is never sent");
  if (!URL.canParse(text)) return no("it is no URL");
  const url = new URL(text);
  return hostReason(url, authority, allow) ?? { ok: true, url };
}

function hostReason(url: URL, authority: string, allow: AllowList): UrlCheck | null {
  const { hostname } = url;
  const literal = literalOf(hostname);
  if (literal !== null) {
    // 0x7f.1, 017700000001 and fullwidth digits are addresses too, and only there to be mistaken for something else.
    const isPlain = isIP(literal) === 6 || authority.replace(/:\d*$/, "") === literal;
    if (!isPlain) return no("its host is an address in disguise");
    if (isAllowedAddress(ipaddr.parse(literal), allow)) return null;
    return no(`its host is an address; only those that ${ALLOW} names may be called`);
  }
  if (hostname.endsWith(".")) return no("its host ends with a full stop");
  if (isNamed(hostname, allow)) return null;
  if (isPrivateName(hostname)) return no(`its host is a private name; only those that ${ALLOW} names may be called`);
  if (url.protocol !== "https:") return no(`it must be https, or its host one that ${ALLOW} names`);
  if (!PUBLIC_PORTS.includes(url.port)) return no(`its port must be 443 or 8443, or its host one that ${ALLOW} names`);
  return null;
}

/** A host whose very name the operator allowed; localhost is named by allowing the loopback network too. */
function isNamed(hostname: string, allow: AllowList): boolean {
  return allow.hosts.has(hostname) || (isLocalhost(hostname) && allowedLoopback(allow).length > 0);
}

function allowedLoopback(allow: AllowList): string[] {
  return ["127.0.0.1", "::1"].filter((address) => isAllowedAddress(ipaddr.parse(address), allow));
}

export type Target =
  /** `addresses` are literal, each fit to be called, IPv4 first */
  | { readonly ok: true; readonly url: URL; readonly addresses: readonly string[] }
  /** `refused`: by the guard, not for want of an answer */
  | { readonly ok: false; readonly refused: boolean; readonly reason: string };

const RESOLVE_TIMEOUT_MS = 5_000;

/**
 * Where a webhook's URL leads at this moment: the addresses to connect to, in place of the name, so that a name that leads
 * elsewhere a moment later changes nothing. **Every** address must be public or allowed; one that is not refuses them all, and
 * so does an error of the resolver, except that a host need not have addresses of both families.
 *
 * @param options.timeoutMs for the whole resolution
 */
export async function resolveTarget(
  text: string,
  options: { readonly resolver: HostResolver; readonly allow: AllowList; readonly timeoutMs?: number },
): Promise<Target> {
  const { allow } = options;
  const check = knownCheck(text, allow);
  if (!check.ok) return { ...check, refused: true };
  const { hostname } = check.url;
  const literal = literalOf(hostname);
  // The URL passed, so its address is one that the allow list names.
  if (literal !== null) return { ok: true, url: check.url, addresses: [literal] };
  const asked = await within(options.timeoutMs ?? RESOLVE_TIMEOUT_MS, addressesOf(hostname, options));
  if (!asked.ok) return { ok: false, refused: false, reason: `its host cannot be resolved (${asked.code})` };
  if (asked.addresses.length === 0) return { ok: false, refused: false, reason: "its host has no address" };
  for (const address of asked.addresses) {
    const reason = addressReason(address, allow.hosts.has(hostname), allow);
    if (reason !== null) return { ok: false, refused: true, reason };
  }
  const byFamily = [...new Set(asked.addresses)].sort((one, other) => isIP(one) - isIP(other));
  return { ok: true, url: check.url, addresses: byFamily };
}

// A fan-out goes to the same URLs again and again, and what one of them may be depends on nothing else.
const KEPT_CHECKS = 1_000;
const keptChecks = new WeakMap<AllowList, LRUCache<string, UrlCheck>>();

function knownCheck(text: string, allow: AllowList): UrlCheck {
  const kept = keptChecks.get(allow) ?? new LRUCache({ max: KEPT_CHECKS });
  keptChecks.set(allow, kept);
  const known = kept.get(text);
  if (known !== undefined) return known;
  const check = checkUrl(text, allow);
  kept.set(text, check);
  return check;
}

/** The address itself is not told: a private name's would be news to whoever asks. */
function addressReason(text: string, isNamedHost: boolean, allow: AllowList): string | null {
  if (isIP(text) === 0) return "its host resolves to something that is no address";
  const address = ipaddr.parse(text);
  if (isAllowedAddress(address, allow)) return null;
  const { reach, name } = classifyAddress(address);
  if (reach === "public" || (reach === "private" && isNamedHost)) return null;
  return `its host resolves to an address that is not public (${name})`;
}

async function addressesOf(
  hostname: string,
  { resolver, allow }: { readonly resolver: HostResolver; readonly allow: AllowList },
): Promise<readonly string[]> {
  if (allow.hosts.has(hostname)) return resolver.lookup(hostname);
  // RFC 6761, 6.3: localhost is never asked of a name server.
  if (isLocalhost(hostname)) return allowedLoopback(allow);
  const families = [resolver.resolve4(hostname), resolver.resolve6(hostname)];
  return (await Promise.all(families.map(orNoData))).flat();
}

async function orNoData(records: Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await records;
  } catch (error) {
    if (codeOf(error) === "ENODATA") return [];
    throw error;
  }
}

type Asked =
  | { readonly ok: true; readonly addresses: readonly string[] }
  | { readonly ok: false; readonly code: string };

async function within(ms: number, answer: Promise<readonly string[]>): Promise<Asked> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Asked>((resolve) => {
    timer = setTimeout(resolve, ms, { ok: false, code: `no answer within ${ms / 1000} s` });
  });
  const asked = answer.then(
    (addresses): Asked => ({ ok: true, addresses }),
    (error: unknown): Asked => ({ ok: false, code: codeOf(error) }),
  );
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

function codeOf(error: unknown): string {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : null;
  return typeof code === "string" ? code : "unknown error";
}
