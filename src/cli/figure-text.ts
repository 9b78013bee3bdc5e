/** Figures as a person reads them in a terminal. */
import type { Range } from "../client/answers.ts";

/** 433 as `4.33`. */
export function percentOfRate(rateBp: number, digits = 2): string {
  return (rateBp / 100).toFixed(digits);
}

export function rangeText({ lower_bp: lower, upper_bp: upper }: Range): string {
  return lower === upper ? `${percentOfRate(lower)} %` : `${percentOfRate(lower)}-${percentOfRate(upper)} %`;
}

/** A probability without its sign: 0.424 as `42.4`. */
export function percent(probability: number | null): string {
  return probability === null ? "-" : (100 * probability).toFixed(1);
}

export function signed(value: number | null, digits = 1): string {
  if (value === null) return "-";
  const text = value.toFixed(digits);
  // -0.04 is "-0.0" at one digit: no change that can be shown has no sign.
  return Number(text) === 0 ? (0).toFixed(digits) : value > 0 ? `+${text}` : text;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long something took: `under a minute`, `12 min`, `5 h`, `3 days`. */
export function ageText(ms: number): string {
  if (ms < MINUTE_MS) return "under a minute";
  if (ms < 2 * HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  if (ms < 2 * DAY_MS) return `${Math.floor(ms / HOUR_MS)} h`;
  return `${Math.floor(ms / DAY_MS)} days`;
}

/** A settlement's trade date, otherwise the instant to the minute. */
export function momentText(reading: { readonly grid: string; readonly trade_date: string; readonly as_of: string }) {
  return reading.grid === "settlement" ? reading.trade_date : reading.as_of.replace(/:\d\d(\.\d+)?Z$/, "Z");
}
