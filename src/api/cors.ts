/** Which pages of other origins may read the API: none unless they are named. */
import type { Check } from "./server.ts";

const EXPOSED = "ETag, Link, RateLimit, RateLimit-Policy, Retry-After";
const READ_METHODS = "GET, HEAD";
const READ_HEADERS = "If-None-Match, Last-Event-ID";
// Keys are for pages that were named: a page of anybody must not even be able to try one.
const NAMED_METHODS = `${READ_METHODS}, POST, PATCH, DELETE`;
const NAMED_HEADERS = `${READ_HEADERS}, Authorization, Content-Type`;
const ANY = "*";
// Browsers keep a permission for two hours at most.
const KEPT_S = "7200";

/**
 * The check of each request, if any origin is named. Sets headers on every answer and answers preflights itself.
 *
 * @param origins such as `https://desk.example.com`, or `*` alone: any page may read, none may write or send a key
 */
export function corsChecks(origins: readonly string[]): Check[] {
  if (origins.length === 0) return [];
  const isOpen = origins.includes(ANY);
  const check: Check = ({ method, headers }, outgoing) => {
    const { origin } = headers;
    // A cache must not give the answer to one origin to another one.
    if (!isOpen) outgoing.setHeader("Vary", "Origin");
    const allowed = isOpen ? ANY : origins.find((known) => known === origin);
    if (allowed === undefined) return null;
    outgoing.setHeader("Access-Control-Allow-Origin", allowed);
    outgoing.setHeader("Access-Control-Expose-Headers", EXPOSED);
    const isPreflight = method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
    if (!isPreflight) return null;
    outgoing.setHeader("Access-Control-Allow-Methods", isOpen ? READ_METHODS : NAMED_METHODS);
    outgoing.setHeader("Access-Control-Allow-Headers", isOpen ? READ_HEADERS : NAMED_HEADERS);
    outgoing.setHeader("Access-Control-Max-Age", KEPT_S);
    return new Response(null, { status: 204 });
  };
  return [check];
}
