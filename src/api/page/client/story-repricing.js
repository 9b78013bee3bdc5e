// @ts-check
/** Repricings as they stood on a date, and in words. */
import { newYorkDate } from "./story-dates.js";
import { dayWords, signed } from "./story-words.js";

/**
 * @typedef {import("./story-data.js").Story} Story
 * @typedef {import("./story-data.js").Repricing} Repricing
 */

const SEVERITIES = ["notice", "sharp", "severe", "extreme"];

/**
 * A repricing as it stood on a date: how far it had gone, and which alerts had been raised; null before it was confirmed.
 *
 * @param {Repricing} repricing
 * @param {Story["readings"]} readings
 * @param {string | null} asOf
 */
export function repricingAt(repricing, readings, asOf) {
  if (asOf !== null && repricing.confirmed_on > asOf) return null;
  const alerts = repricing.alerts.filter((alert) => asOf === null || newYorkDate(alert.as_of) <= asOf);
  if (asOf === null || repricing.extreme_on <= asOf) return { ...repricing, alerts };
  // Its extreme was still to come: the farthest reading so far stands in for it.
  const sign = repricing.direction === "hawkish" ? 1 : -1;
  const farthest = readings
    .filter(
      ({ trade_date: date, expected_rate_bp: rate }) => rate !== null && date >= repricing.started_on && date <= asOf,
    )
    .toSorted((a, b) => sign * ((b.expected_rate_bp ?? 0) - (a.expected_rate_bp ?? 0)))[0];
  if (farthest === undefined || farthest.expected_rate_bp === null || repricing.start_rate_bp === null) return null;
  return {
    ...repricing,
    alerts,
    severity: SEVERITIES.findLast((severity) => alerts.some(({ kind }) => kind === severity)) ?? "notice",
    status: "open",
    extreme_on: farthest.trade_date,
    extreme_rate_bp: farthest.expected_rate_bp,
    amplitude_bp: Math.abs(farthest.expected_rate_bp - repricing.start_rate_bp),
  };
}

/** @param {Repricing} repricing */
export function repricingWords(repricing) {
  const moved = repricing.direction === "hawkish" ? repricing.amplitude_bp : -repricing.amplitude_bp;
  const standing = repricing.state === "confirmed" ? "" : `, ${repricing.state}`;
  const path = repricing.path === null ? "" : `, path to the end of ${repricing.path}`;
  return (
    `${repricing.severity} ${repricing.direction} repricing${path}${standing}, ` +
    `${dayWords(repricing.started_on)} to ${dayWords(repricing.extreme_on)}, ${signed(moved)} bp`
  );
}
