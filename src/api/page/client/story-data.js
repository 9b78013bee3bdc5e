// @ts-check
/** What the story shows, read from the public API. */
import { query } from "./story-link.js";

/**
 * @typedef {{ readonly lower_bp: number, readonly upper_bp: number }} Range
 * @typedef {{ readonly trade_date: string, readonly as_of: string, readonly basis: string, readonly method: string,
 *   readonly source: string, readonly sample: boolean, readonly target: Range, readonly announced: boolean,
 *   readonly probability: number | null, readonly expected_rate_bp: number | null }} Reading
 * @typedef {{ readonly kind: string, readonly as_of: string }} Alert
 * @typedef {{ readonly id: number, readonly path: number | null, readonly direction: string, readonly severity: string,
 *   readonly state: string, readonly status: string, readonly started_on: string, readonly confirmed_on: string,
 *   readonly extreme_on: string, readonly start_rate_bp: number | null, readonly extreme_rate_bp: number | null,
 *   readonly amplitude_bp: number, readonly alerts: readonly Alert[] }} Repricing
 * @typedef {{ readonly meeting: string, readonly announced_at: string, readonly outcome: Range,
 *   readonly change_bp: number | null }} Decision
 * @typedef {{ readonly what: string, readonly scheduled_at: string }} MarketEvent
 * @typedef {{ readonly date: string, readonly close: number | null }} Close
 * @typedef {{ readonly symbol: string, readonly source: string | null, readonly closes: readonly Close[] }} Asset
 * @typedef {object} Story
 * @property {readonly Reading[]} readings
 * @property {readonly Repricing[]} repricings
 * @property {readonly Decision[]} decisions
 * @property {readonly MarketEvent[]} events
 * @property {readonly Asset[]} assets
 * @property {readonly string[]} failures what could not be read, in words; the rest is shown
 */

/** An answer other than the one asked for, with the API's own words. */
export class Unanswered extends Error {}

/** Details tell which events lie inside a repricing's sharpest day. Older ones than these are without. */
const MOST_DETAILS = 24;
/** A meeting is priced at most two years ahead. */
const REACH_MS = 3 * 366 * 86_400_000;

/**
 * @param {string} path
 * @param {AbortSignal} signal
 * @returns {Promise<any>}
 */
async function readJson(path, signal) {
  const response = await fetch(path, { signal, headers: { Accept: "application/json" } });
  const body = await response.json();
  if (!response.ok) throw new Unanswered(body.detail ?? `The API answered ${response.status}`);
  return body;
}

/**
 * All rows of a list, page after page.
 *
 * @param {(cursor: string | undefined) => string} pathOf
 * @param {AbortSignal} signal
 * @returns {Promise<any[]>}
 */
async function readAll(pathOf, signal) {
  const rows = [];
  let cursor;
  do {
    const page = await readJson(pathOf(cursor), signal);
    rows.push(...page.data);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return rows;
}

/**
 * Closes of one asset, as far as readings go.
 *
 * @param {string} symbol
 * @param {{ readonly from: string, readonly to: string, readonly knownAt: string | null }} period
 * @param {AbortSignal} signal
 * @returns {Promise<Asset>}
 */
async function readAsset(symbol, { from, to, knownAt }, signal) {
  const pathOf = (/** @type {string | undefined} */ cursor) =>
    `/v1/assets/${symbol}/closes?${query([
      ["from", from],
      ["to", to],
      ["known_at", knownAt],
      ["limit", "1000"],
      ["cursor", cursor ?? null],
    ])}`;
  const rows = await readAll(pathOf, signal);
  // A sample's closes and real ones are one asset's, but never one line.
  const isSample = rows.at(-1)?.sample ?? false;
  const own = rows.filter((row) => row.sample === isSample);
  return { symbol, source: own.at(-1)?.source ?? null, closes: own.map(({ date, close }) => ({ date, close })) };
}

/**
 * The part of the story that may fail without taking the rest with it.
 *
 * @template T
 * @param {string} what
 * @param {Promise<T>} reading
 * @param {string[]} failures
 * @returns {Promise<T | null>}
 */
async function orFailure(what, reading, failures) {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    failures.push(`${what} cannot be shown: ${error.message}`);
    return null;
  }
}

/**
 * The readings, which the rest of the story adorns.
 *
 * @param {string} path of their first page
 * @param {AbortSignal} signal
 * @returns {Promise<readonly Reading[]>}
 * @throws {Unanswered}
 */
export async function readReadings(path, signal) {
  return readAll((cursor) => (cursor === undefined ? path : `${path}&${query([["cursor", cursor]])}`), signal);
}

/**
 * What adorns the readings; what the API does not give is left out with a word.
 *
 * @param {import("./story-link.js").Shown} shown
 * @param {string | null} last last trade date wanted; null: the newest
 * @param {AbortSignal} signal
 * @returns {Promise<Omit<Story, "readings">>}
 */
export async function readAdornment(shown, last, signal) {
  const { meeting, knownAt } = shown;
  /** @type {string[]} */
  const failures = [];
  const earliest = new Date(Date.parse(meeting) - REACH_MS).toISOString().slice(0, 10);
  const list = (/** @type {string} */ path, /** @type {readonly (readonly [string, string | null])[]} */ more) =>
    readAll(
      (cursor) => `${path}?${query([...more, ["known_at", knownAt], ["limit", "1000"], ["cursor", cursor ?? null]])}`,
      signal,
    );
  const eventsOf = (/** @type {Repricing} */ { id }) =>
    orFailure(
      `Events of repricing ${id}`,
      readJson(`/v1/repricings/${id}${knownAt === null ? "" : `?${query([["known_at", knownAt]])}`}`, signal),
      failures,
    );
  const readLegs = async () => {
    const repricings = (await orFailure("Repricings", list("/v1/repricings", [["meeting", meeting]]), failures)) ?? [];
    const details = await Promise.all(repricings.slice(0, MOST_DETAILS).map(eventsOf));
    return { repricings, events: details.flatMap((detail) => detail?.events ?? []) };
  };
  const period = { from: earliest, to: last ?? meeting, knownAt };
  const [legs, decisions, assets] = await Promise.all([
    readLegs(),
    orFailure("Decisions", list("/v1/decisions", [["from", earliest]]), failures),
    Promise.all(shown.assets.map((symbol) => orFailure(symbol, readAsset(symbol, period, signal), failures))),
  ]);
  return { ...legs, decisions: decisions ?? [], assets: assets.filter((asset) => asset !== null), failures };
}
