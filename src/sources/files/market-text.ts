/** Figures and names as market files print them, read strictly: what is not exactly of the form is null, never a guess. */
import type { IsoDate, Month } from "../../calendar/calendar-date.ts";
import { isIsoDate } from "../../calendar/calendar-date.ts";
import { parseContract } from "../../pricing/contract.ts";

// As fine as the store keeps each: a figure with more decimals is no printed one, and would come back rounded.
const PRICE = /^\d{1,6}(?:\.\d{1,5}0{0,11})?$/;
const RATE = /^-?\d{1,3}(?:\.\d{1,4}0{0,12})?$/;
const CLOSE = /^\d{1,9}(?:\.\d{1,16})?$/;
const COUNT = /^\d{1,12}(?:\.0{1,4})?$/;
const PROBABILITY = /^\d(?:\.(\d{1,16}))?(?:[eE]-0?(\d{1,2}))?$/;
const MAX_PROBABILITY_DECIMALS = 10;

/** True for a futures price with up to five decimals such as `99.8850`; not for `1e2`, `NaN`, `1,000` or an empty cell. */
export function isPrice(text: string): boolean {
  return PRICE.test(text);
}

/** True for a rate in per cent with up to four decimals such as `3.88` or `-0.5`. */
export function isRatePct(text: string): boolean {
  return RATE.test(text);
}

/** True for an asset's price, in its own currency or index points. */
export function isClose(text: string): boolean {
  return CLOSE.test(text);
}

/** A whole number of contracts, or null. */
export function countOf(text: string): number | null {
  return COUNT.test(text) ? Number(text) : null;
}

/**
 * A probability as a fraction with the decimals it was printed with, ten at most, or null when it is not one.
 * Spreadsheets print the small ones as `3.6e-05`.
 */
export function probabilityOf(text: string): { readonly probability: number; readonly decimals: number } | null {
  const match = PROBABILITY.exec(text);
  if (match === null) return null;
  const probability = Number(text);
  const decimals = (match[1]?.length ?? 0) + Number(match[2] ?? 0);
  return probability > 1 || decimals > MAX_PROBABILITY_DECIMALS ? null : { probability, decimals };
}

/** The month of a contract by any name of `parseContract` that needs no trade date; null for other text. */
export function contractMonthOf(text: string): Month | null {
  try {
    return parseContract(text);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** The one date that a file's name carries, as `2025-12-10`, `2025_12_10` or `20251210`; null for none or several. */
export function dateInName(fileName: string): IsoDate | null {
  const name = fileName.split(/[\\/]/).at(-1) ?? "";
  const dates = new Set<IsoDate>();
  for (const match of name.matchAll(/(?<!\d)((?:19|20)\d{2})([-_.]?)(\d{2})\2(\d{2})(?!\d)/g)) {
    const date = `${match[1]}-${match[3]}-${match[4]}`;
    if (isIsoDate(date)) dates.add(date);
  }
  const [only] = dates;
  return dates.size === 1 && only !== undefined ? only : null;
}
