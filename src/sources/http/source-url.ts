/**
 * An address below a provider's base URL, which may itself have a path (a proxy).
 *
 * @param path begins with a slash, already encoded
 * @param parameters those that are null are left out
 * @example
 * sourceUrl("http://127.0.0.1:9/fed/", "/a", { n: 1 }); // "http://127.0.0.1:9/fed/a?n=1"
 */
export function sourceUrl(
  baseUrl: string,
  path: string,
  parameters: Readonly<Record<string, string | number | null>> = {},
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== null) query.set(name, String(value));
  const tail = query.size === 0 ? "" : `?${query}`;
  return `${baseUrl.replace(/\/+$/, "")}${path}${tail}`;
}
