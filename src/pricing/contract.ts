import type { IsoDate, Month } from "../calendar/calendar-date.ts";
import { monthOf } from "../calendar/calendar-date.ts";
import type { Bp, IndexPoints } from "./units.ts";
import { bp, indexPoints } from "./units.ts";

const MONTH_CODES = "FGHJKMNQUVXZ"; // January to December
const MONTH_NAMES = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

// The contract was listed in October 1988, so a two-digit year from 88 on belongs to the last century.
const FIRST_YEAR_OF_CENTURY = 88;

const ISO_MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;
const SYMBOL = /^ZQ([FGHJKMNQUVXZ])(\d{4}|\d{1,2})(?:\.CBT)?$/;
const NAMED_MONTH = /^([A-Z]{3})[ -]?(\d{4}|\d{2})$/;
const ACCEPTED = "accepted are 2025-12, ZQZ25, ZQZ2025, ZQZ25.CBT, DEC 25, and ZQZ5 with a trade date";

const NEAREST_MONTH_TICK = { points: indexPoints(0.0025), bp: bp(0.25) };
const DEFERRED_TICK = { points: indexPoints(0.005), bp: bp(0.5) };

/**
 * The exchange's symbol of a 30-Day Fed Funds future, with a two-digit year.
 *
 * @throws RangeError when `month` is not a month
 * @example
 * contractSymbol("2025-12"); // "ZQZ25"
 */
export function contractSymbol(month: Month): string {
  const match = ISO_MONTH.exec(month);
  if (match === null) throw new RangeError(`Cannot name the contract of ${month}: must be a month such as 2025-12`);
  return `ZQ${MONTH_CODES.charAt(Number(match[2]) - 1)}${month.slice(2, 4)}`;
}

/**
 * The contract month that a symbol or a month's name stands for.
 *
 * @param tradeDate resolves a one-digit year: the first such year whose month is not before the trade date's
 * @throws RangeError for any other text, and for a one-digit year without a trade date
 * @example
 * parseContract("ZQF6", "2025-11-17"); // "2026-01"
 */
export function parseContract(text: string, tradeDate?: IsoDate): Month {
  const name = text.trim().toUpperCase();
  if (ISO_MONTH.test(name)) return name;
  const symbol = SYMBOL.exec(name);
  if (symbol !== null) {
    const [, code = "", year = ""] = symbol;
    return monthFrom(text, year, MONTH_CODES.indexOf(code) + 1, tradeDate);
  }
  const named = NAMED_MONTH.exec(name);
  if (named !== null) {
    const [, monthName = "", year = ""] = named;
    // CME's older reports write JLY for July.
    const month = MONTH_NAMES.indexOf(monthName === "JLY" ? "JUL" : monthName) + 1;
    if (month > 0) return monthFrom(text, year, month, tradeDate);
  }
  throw new RangeError(`Cannot read contract "${text}": ${ACCEPTED}`);
}

/**
 * The contract's smallest price step on a day, in index points: a quarter of a basis point in the nearest month, which
 * is the day's own, half a basis point in all others.
 *
 * @see CBOT Rulebook, chapter 22
 */
export function tickIndexPoints(month: Month, asOfDate: IsoDate): IndexPoints {
  return tickOf(month, asOfDate).points;
}

/** The same step as a change of the month's average rate, in basis points: 0.25 or 0.5. */
export function tickBp(month: Month, asOfDate: IsoDate): Bp {
  return tickOf(month, asOfDate).bp;
}

function tickOf(month: Month, asOfDate: IsoDate) {
  return month === monthOf(asOfDate) ? NEAREST_MONTH_TICK : DEFERRED_TICK;
}

function monthFrom(text: string, year: string, month: number, tradeDate: IsoDate | undefined): Month {
  const tail = `-${String(month).padStart(2, "0")}`;
  if (year.length === 4) return `${year}${tail}`;
  if (year.length === 2) return `${Number(year) >= FIRST_YEAR_OF_CENTURY ? "19" : "20"}${year}${tail}`;
  if (tradeDate === undefined) {
    throw new RangeError(`Cannot read contract "${text}": a one-digit year needs a trade date, none given`);
  }
  const thisDecade = `${tradeDate.slice(0, 3)}${year}${tail}`;
  if (thisDecade >= monthOf(tradeDate)) return thisDecade;
  return `${Number(tradeDate.slice(0, 3)) + 1}${year}${tail}`;
}
