// @ts-check
/** Dates as the chart has them: each is its start in UTC, in epoch seconds. */

const NEW_YORK = new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York" });

/**
 * The day in New York, which is what readings and closes are dated by.
 *
 * @param {string} instant
 */
export function newYorkDate(instant) {
  return NEW_YORK.format(new Date(instant));
}

/** @param {string} date */
export function secondsOf(date) {
  return Date.parse(`${date}T00:00:00Z`) / 1000;
}

/** @param {number} seconds */
export function dateOf(seconds) {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
