// @ts-check
/** The webhook API with the key of this tab. */

const STORED = "cutwatch-key";

/** @returns {string | null} */
export function storedKey() {
  return sessionStorage.getItem(STORED);
}

/** @param {string | null} key null: forget it */
export function storeKey(key) {
  if (key === null) sessionStorage.removeItem(STORED);
  else sessionStorage.setItem(STORED, key);
}

/**
 * Asks the API; what it refuses is an Error with the API's own words.
 *
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>} the JSON of the answer; null when it has none
 */
export async function ask(method, path, body) {
  const key = storedKey();
  if (key === null) throw new Error("Give your API key first");
  const response = await fetch(path, {
    method,
    headers: { Authorization: `Bearer ${key}`, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error("The server does not answer: try again in a moment");
  });
  if (response.status === 204) return null;
  const text = await response.text();
  const answer = text === "" ? null : JSON.parse(text);
  if (response.ok) return answer;
  throw new Error(answer?.detail ?? `The server answered ${response.status}`);
}

/** @param {unknown} error */
export function wordsOf(error) {
  return error instanceof Error ? error.message : String(error);
}
