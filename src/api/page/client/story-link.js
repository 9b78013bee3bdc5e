// @ts-check
/** The story's address: what is shown, as parameters, and back. */

/**
 * @typedef {object} Shown
 * @property {string} meeting decision day
 * @property {string} range such as `350-375`
 * @property {string} measure `range`, `at_most` or `at_least`
 * @property {string | null} from first date shown; null: from the start
 * @property {string | null} to last date shown; null: to the end
 * @property {readonly string[]} assets symbols laid over
 * @property {string | null} asOf as it was asked for
 * @property {string | null} knownAt as it was asked for
 */

/**
 * The permalink of what is shown.
 *
 * @param {Shown} shown
 */
export function storyLink(shown) {
  return `/story?${query([
    ["meeting", shown.meeting],
    ["range", shown.range],
    ["measure", shown.measure],
    ["from", shown.from],
    ["to", shown.to],
    ["asset", shown.assets.length === 0 ? null : shown.assets.join(",")],
    ["as_of", shown.asOf],
    ["known_at", shown.knownAt],
  ])}`;
}

/**
 * The readings of the part shown, as CSV from the API.
 *
 * @param {Shown} shown
 * @param {string | null} last trade date wanted
 */
export function csvPath(shown, last) {
  return `/v1/meetings/${shown.meeting}/history?${query([
    ["range", shown.range],
    ["measure", shown.measure],
    ["from", shown.from],
    ["to", shown.to ?? last],
    ["known_at", shown.knownAt],
    ["format", "csv"],
  ])}`;
}

/**
 * The closes of the part shown, as CSV from the API.
 *
 * @param {string} symbol
 * @param {Shown} shown
 * @param {string | null} last
 */
export function closesPath(symbol, shown, last) {
  return `/v1/assets/${symbol}/closes?${query([
    ["from", shown.from],
    ["to", shown.to ?? last],
    ["known_at", shown.knownAt],
    ["format", "csv"],
  ])}`;
}

/** @param {readonly (readonly [string, string | null])[]} pairs */
export function query(pairs) {
  const given = new URLSearchParams();
  for (const [name, text] of pairs) if (text !== null && text !== "") given.set(name, text);
  // A comma and a colon need no escape in a query, and people read these links.
  return given.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

/**
 * What the server resolved of the address, as it says on the chart's element.
 *
 * @param {DOMStringMap} data
 * @returns {Shown}
 */
export function shownOf(data) {
  const text = (/** @type {string | undefined} */ value) => (value === undefined || value === "" ? null : value);
  return {
    meeting: data.meeting ?? "",
    range: data.range ?? "",
    measure: data.measure ?? "range",
    from: text(data.from),
    to: text(data.to),
    assets: (data.assets ?? "").split(",").filter((symbol) => symbol !== ""),
    asOf: text(data.asOf),
    knownAt: text(data.knownAt),
  };
}
