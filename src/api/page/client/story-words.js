// @ts-check
/** Figures of the story in words. */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const BP_PER_PERCENT = 100;

/**
 * `2025-11-17` as `17 Nov 2025`.
 *
 * @param {string} date
 */
export function dateWords(date) {
  return `${Number(date.slice(8, 10))} ${MONTHS[Number(date.slice(5, 7)) - 1] ?? ""} ${date.slice(0, 4)}`;
}

/**
 * The same without its year.
 *
 * @param {string} date
 */
export function dayWords(date) {
  return `${Number(date.slice(8, 10))} ${MONTHS[Number(date.slice(5, 7)) - 1] ?? ""}`;
}

/**
 * @param {number} month 0 to 11
 */
export function monthWords(month) {
  return MONTHS[month] ?? "";
}

/** @param {number} probability */
export function percentWords(probability) {
  return `${(probability * 100).toFixed(1)} %`;
}

/** @param {number} bp */
export function bpWords(bp) {
  return `${bp.toFixed(1)} bp`;
}

/**
 * @param {number} value
 * @param {number} [digits]
 */
export function signed(value, digits = 1) {
  const text = value.toFixed(digits);
  if (Number(text) === 0) return (0).toFixed(digits);
  return value > 0 ? `+${text}` : text.replace("-", "−");
}

/**
 * `350-375` as `3.50-3.75 %`.
 *
 * @param {{ readonly lower_bp: number, readonly upper_bp: number }} range
 */
export function rangeWords({ lower_bp: lower, upper_bp: upper }) {
  const percent = (/** @type {number} */ bp) => (bp / BP_PER_PERCENT).toFixed(2);
  return lower === upper ? `${percent(lower)} %` : `${percent(lower)}-${percent(upper)} %`;
}

/**
 * What the odds are of.
 *
 * @param {string} measure
 * @param {string} range as in an address
 */
export function oddsWords(measure, range) {
  const [, lower = "0", upper = "0"] = /^(-?\d+)-(-?\d+)$/.exec(range) ?? [];
  if (measure === "at_most") return `odds at or below ${(Number(upper) / BP_PER_PERCENT).toFixed(2)} %`;
  if (measure === "at_least") return `odds at or above ${(Number(lower) / BP_PER_PERCENT).toFixed(2)} %`;
  return `odds of ${rangeWords({ lower_bp: Number(lower), upper_bp: Number(upper) })}`;
}

/** @param {string} text such as a basis */
export function plain(text) {
  return text.replaceAll("_", " ");
}
