// @ts-check
/** Which part of a chart is shown: pure arithmetic on a view and the extent of the data, both in epoch seconds. */

/** @typedef {{ readonly min: number, readonly max: number }} View */

export const DAY_S = 86_400;

/** Less than five days of daily readings is a line of dots. */
const LEAST_S = 5 * DAY_S;

/**
 * The view inside the extent: moved rather than cut where it hangs over an end, and never narrower than five days.
 *
 * @param {View} view
 * @param {View} extent
 * @returns {View}
 */
export function clampView(view, extent) {
  const whole = extent.max - extent.min;
  const span = Math.min(Math.max(view.max - view.min, Math.min(LEAST_S, whole)), whole);
  const middle = (view.min + view.max) / 2;
  const min = Math.min(Math.max(middle - span / 2, extent.min), extent.max - span);
  return { min, max: min + span };
}

/**
 * @param {View} view
 * @param {View} extent
 * @param {number} factor below 1 shows less time
 * @param {number} anchor epoch seconds that stay where they are
 * @returns {View}
 */
export function zoomView(view, extent, factor, anchor) {
  const span = view.max - view.min;
  const least = Math.min(LEAST_S, extent.max - extent.min);
  const zoomed = Math.min(Math.max(span * factor, least), extent.max - extent.min);
  const share = span === 0 ? 0.5 : (anchor - view.min) / span;
  const min = anchor - share * zoomed;
  return clampView({ min, max: min + zoomed }, extent);
}

/**
 * @param {View} view
 * @param {View} extent
 * @param {number} share of the width shown; above 0 goes to later times
 * @returns {View}
 */
export function panView(view, extent, share) {
  const by = (view.max - view.min) * share;
  return clampView({ min: view.min + by, max: view.max + by }, extent);
}

/**
 * The last months of the extent, or all of it.
 *
 * @param {View} extent
 * @param {number | null} months null: all
 * @returns {View}
 */
export function lastMonths(extent, months) {
  if (months === null) return extent;
  const end = new Date(extent.max * 1000);
  const start = new Date(end);
  start.setUTCDate(1);
  start.setUTCMonth(start.getUTCMonth() - months);
  // 31 March less a month is 28 February, not 3 March.
  const days = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0)).getUTCDate();
  start.setUTCDate(Math.min(end.getUTCDate(), days));
  return clampView({ min: start.getTime() / 1000, max: extent.max }, extent);
}

/**
 * @param {View} a
 * @param {View} b
 */
export function isSameView(a, b) {
  return Math.abs(a.min - b.min) < DAY_S / 2 && Math.abs(a.max - b.max) < DAY_S / 2;
}
