/**
 * Trade dates of CME's interest-rate futures: the days that end in a settlement. By rule, so that no list has to be
 * kept; `closedDays` holds the rules and what they were checked against.
 */
import type { IsoDate, Month } from "./calendar-date.ts";
import { addDays, lastOfMonth, weekday } from "./calendar-date.ts";
import { closedDays } from "./exchange-holidays.ts";
import { CHICAGO, dateInZone, timeInZone, zonedInstant } from "./zoned-time.ts";

/** Last day that the rules were drawn up for. Later days follow the same rules, unchecked. */
export const TRADE_CALENDAR_END: IsoDate = "2035-12-31";

const SETTLEMENT_HOUR = 14;
const SESSION_END_HOUR = 16;
const NEXT_SESSION_HOUR = 17;

/** Whether the exchange settles its interest-rate futures on that day. */
export function isTradeDate(date: IsoDate): boolean {
  const day = weekday(date);
  return day !== 0 && day !== 6 && !closedDays(Number(date.slice(0, 4))).has(date);
}

/** `date` itself when it is a trade date, otherwise the last one before it. */
export function tradeDateOnOrBefore(date: IsoDate): IsoDate {
  let day = date;
  while (!isTradeDate(day)) day = addDays(day, -1);
  return day;
}

/** The last trade date strictly before `date`. */
export function previousTradeDate(date: IsoDate): IsoDate {
  return tradeDateOnOrBefore(addDays(date, -1));
}

/** The first trade date strictly after `date`. */
export function nextTradeDate(date: IsoDate): IsoDate {
  let day = addDays(date, 1);
  while (!isTradeDate(day)) day = addDays(day, 1);
  return day;
}

/** The month's last trade date: the day its fed-funds contract stops trading. */
export function lastTradeDateOfMonth(month: Month): IsoDate {
  return tradeDateOnOrBefore(lastOfMonth(month));
}

/**
 * The instant of a trade date's settlement: 14:00 Chicago.
 *
 * On shortened days (the day after Thanksgiving, Christmas Eve) the exchange settles up to two hours earlier; 14:00 is
 * kept all the same, so that a settlement is never dated before it existed.
 */
export function settlementInstant(tradeDate: IsoDate): Date {
  return zonedInstant(tradeDate, SETTLEMENT_HOUR, 0, CHICAGO);
}

/** The instant at which a trade date's trading ends: 16:00 Chicago. */
export function sessionEndInstant(tradeDate: IsoDate): Date {
  return zonedInstant(tradeDate, SESSION_END_HOUR, 0, CHICAGO);
}

/**
 * The trade date whose settlement is the last one at an instant; the instant of a settlement counts as settled.
 *
 * @example
 * tradeDateAt(new Date("2025-11-17T19:59:59Z")); // "2025-11-14": Monday's settlement is a second away
 */
export function tradeDateAt(instant: Date): IsoDate {
  const date = tradeDateOnOrBefore(dateInZone(instant, CHICAGO));
  return settlementInstant(date).getTime() <= instant.getTime() ? date : previousTradeDate(date);
}

/**
 * The trade date that trading at an instant belongs to. From 17:00 Chicago it is the next one; so is the trading of a
 * holiday, which the exchange books on the trade date after it. The pause from 16:00 to 17:00 belongs to the day it ends.
 *
 * @example
 * sessionTradeDate(new Date("2025-11-16T23:30:00Z")); // "2025-11-17": Sunday evening trades for Monday
 */
export function sessionTradeDate(instant: Date): IsoDate {
  const date = dateInZone(instant, CHICAGO);
  const evening = timeInZone(instant, CHICAGO).hour >= NEXT_SESSION_HOUR;
  return evening || !isTradeDate(date) ? nextTradeDate(date) : date;
}
