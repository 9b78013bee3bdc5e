/** Where questions are asked. */

/** A question's parameters; what is undefined is left out, instants are written in UTC, lists with commas. */
export type Query = object;

function parameterText(name: string, value: unknown): string {
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new RangeError(`Cannot ask with ${name}: it is not a time`);
    return value.toISOString();
  }
  return Array.isArray(value) ? value.join(",") : String(value);
}

/** `/v1/shifts?meeting=2025-12-10&window=1w` */
export function addressOf(path: string, query: Query = {}): string {
  const texts = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, string] => [name, parameterText(name, value)]);
  return texts.length === 0 ? path : `${path}?${new URLSearchParams(texts)}`;
}

/**
 * A server's address without its last slashes. Empty: the page's own origin, in a browser.
 *
 * @throws TypeError for what is not an http or https URL without user, query and fragment
 */
export function checkedBaseUrl(text: string): string {
  const refused = (was: string) =>
    new TypeError(
      `Cannot use baseUrl: was "${was}", may be a URL such as http://127.0.0.1:8080, without user or query`,
    );
  if (text === "") return "";
  if (!URL.canParse(text)) throw refused(text);
  const { protocol, username, password, search, hash, origin, pathname } = new URL(text);
  const isPlain = username === "" && password === "" && search === "" && hash === "";
  // What follows the path, or comes before the host, may be a secret: it is not repeated.
  if (!isPlain || (protocol !== "http:" && protocol !== "https:")) throw refused(`${protocol}//…`);
  return `${origin}${pathname}`.replace(/\/+$/, "");
}
