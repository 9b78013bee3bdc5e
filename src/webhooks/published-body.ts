function isPublished(part: unknown): part is object {
  return typeof part === "object" && part !== null && "basis" in part && part.basis === "published";
}

/**
 * Whose published figures are in a message that one webhook alone is told, such as the match of a rule; several joined by `+`.
 * Null: there are none. Empty: it does not say, so that they may not be passed on.
 */
export function publishedInBody(body: object): string | null {
  const data = "data" in body ? body.data : null;
  if (isPublished(data)) return "source" in data && typeof data.source === "string" ? data.source : "";
  // What a match takes back may have been told of another basis.
  const isTakenBack = typeof data === "object" && data !== null && "takes_back" in data && isPublished(data.takes_back);
  return isTakenBack ? "" : null;
}
