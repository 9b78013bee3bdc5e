// Top-level names that the public DNS does not have, or that never lead to a receiver on the public internet: RFC 6761 and
// 6762, RFC 8375 (home.arpa), RFC 7686 (onion), RFC 9476 (alt), ICANN's reserved `internal`, and names in private use. `example`
// is left out: documentation uses it, and it leads nowhere. A Kubernetes cluster answers for `default` and `svc`.
const PRIVATE_SUFFIXES: ReadonlySet<string> = new Set([
  "alt",
  "arpa",
  "corp",
  "default",
  "home",
  "internal",
  "intranet",
  "invalid",
  "lan",
  "local",
  "localdomain",
  "localhost",
  "mail",
  "onion",
  "private",
  "svc",
  "test",
]);

/** `localhost` or a name below it. Takes a name in lower case. */
export function isLocalhost(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost");
}

/** Whether a name can only mean something inside of a network: it has one label, or ends in a private one. */
export function isPrivateName(hostname: string): boolean {
  const labels = hostname.split(".");
  const last = labels.at(-1) ?? "";
  return labels.length < 2 || PRIVATE_SUFFIXES.has(last) || labels.some((label) => label === "");
}
