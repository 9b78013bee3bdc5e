/** Reading as `cutwatch_reader`, who sees schema `review` and nothing else. */
import { parseConnectionUrl } from "../store/connection-url.ts";
import type { OpenStore } from "./open.ts";

export type Role = "reader" | "owner";

/**
 * URL for another program. The embedded reader logs in by itself. On a server of the operator's own the reader has no
 * login, so the owner's is given with the reader's role set for the session.
 */
export function urlFor(store: OpenStore, role: Role, hasReader: boolean): string {
  if (store.embedded) return store.url(role);
  // Without parameters of ours, which other clients refuse.
  const { url } = parseConnectionUrl(store.url("owner"), "DATABASE_URL");
  if (role === "owner" || !hasReader || /[?&]options=/.test(url)) return url;
  return `${url}${url.includes("?") ? "&" : "?"}options=-c%20role%3Dcutwatch_reader`;
}
