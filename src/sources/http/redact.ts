/** Keys and tokens out of everything that is stored, logged or shown. */

const SECRET_PARAMETERS = new Set([
  "api_key",
  "apikey",
  "key",
  "token",
  "access_token",
  "client_id",
  "client_secret",
  "secret",
  "password",
  "signature",
]);
const HIDDEN = "***";
// A shorter "secret" is a typing error, and hiding it would blank ordinary words.
const SHORTEST_SECRET = 4;
// What an error may hide: fetch wraps the socket's error once or twice.
const DEEPEST_CAUSE = 5;

/** `url` without the values of parameters that carry keys. */
export function redactUrl(url: URL): string {
  const shown = new URL(url);
  for (const name of [...shown.searchParams.keys()]) {
    if (SECRET_PARAMETERS.has(name.toLowerCase())) shown.searchParams.set(name, HIDDEN);
  }
  return shown.href;
}

/** All that must not be shown of one request: what its URL and its Authorization header carry, and `named`. */
export function secretsOf(
  url: URL,
  headers: Readonly<Record<string, string>>,
  named: readonly string[] = [],
): readonly string[] {
  const found = new Set(named);
  for (const [name, value] of url.searchParams) if (SECRET_PARAMETERS.has(name.toLowerCase())) found.add(value);
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() !== "authorization") continue;
    const credential = value.slice(value.indexOf(" ") + 1);
    found.add(credential);
    if (/^basic /i.test(value))
      for (const part of Buffer.from(credential, "base64").toString().split(":")) found.add(part);
  }
  for (const secret of [...found]) found.add(encodeURIComponent(secret));
  // Longest first: a key that contains another is hidden whole.
  return [...found].filter((secret) => secret.length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);
}

/** `text` with every one of `secrets` replaced. */
export function redactText(text: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, HIDDEN), text);
}

/** `error` itself when it shows none of `secrets`, otherwise an error with the same words and the secrets hidden. */
export function redactCause(error: unknown, secrets: readonly string[]): unknown {
  let words = "";
  let at: unknown = error;
  for (let depth = 0; at instanceof Error && depth < DEEPEST_CAUSE; depth++) {
    words += `${at.message} ${at.stack ?? ""} `;
    at = at.cause;
  }
  if (!(error instanceof Error)) return new Error(redactText(String(error), secrets));
  return secrets.some((secret) => words.includes(secret)) ? new Error(redactText(error.message, secrets)) : error;
}
