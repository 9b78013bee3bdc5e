/** The page for people of what a message's `url` gives programs. */

// A base address may hold a /v1/ of its own: the last one is that of the API.
const API_URL = /^([^?#]*)\/v1\/(repricings|probabilities|decisions|sources|webhooks)(?:\/(\d+))?(?:\?([^#]*))?$/;
/** What pages take of what pins a reading; grid and basis follow from the instant, as they do where nobody names them. */
const KEPT = ["as_of", "known_at"] as const;

function pinned(query: URLSearchParams): string {
  const kept = new URLSearchParams();
  for (const name of KEPT) {
    const text = query.get(name);
    if (text !== null) kept.set(name, text);
  }
  return kept.size === 0 ? "" : `?${kept}`;
}

/**
 * Where a person who follows the link of a message reads on.
 *
 * @param url `data.url` of a message: an address of the API, or its path alone
 * @returns the page that shows the same, at the same instants; anything else as it was
 * @example
 * pageUrl("/v1/probabilities?meeting=2025-12-10&as_of=2025-11-17&basis=settlement"); // "/meetings/2025-12-10?as_of=2025-11-17"
 */
export function pageUrl(url: string): string {
  const [, base = "", resource = "", id = "", search = ""] = API_URL.exec(url) ?? [];
  const query = new URLSearchParams(search);
  if (resource === "sources" || resource === "webhooks") return `${base}/${resource}`;
  if (resource === "repricings" && id !== "") return `${base}/repricings/${id}`;
  if (resource === "decisions" && query.has("from")) return `${base}/meetings/${query.get("from")}`;
  if (resource !== "probabilities") return url;
  const meeting = query.get("meeting");
  return `${base}${meeting === null ? "/" : `/meetings/${meeting}`}${pinned(query)}`;
}
