/** Whether a newer reading than the one at hand was already due. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import { nextTradeDate, previousTradeDate, sessionEndInstant, tradeDateOnOrBefore } from "../calendar/trade-dates.ts";
import { CHICAGO, dateInZone } from "../calendar/zoned-time.ts";
import type { MarketTime } from "./parameters.ts";

// Final settlements are out some two hours after the session's end at 16:00 Chicago; half an hour more to fetch them.
const GRACE_MS = 2.5 * 3_600_000;

/** When the reading of a trade date is due. */
export function dueAt(tradeDate: IsoDate): Date {
  return new Date(sessionEndInstant(tradeDate).getTime() + GRACE_MS);
}

/** The last trade date whose reading is due at an instant; the instant it is due at counts. */
export function lastDue(at: Date): IsoDate {
  const date = tradeDateOnOrBefore(dateInZone(at, CHICAGO));
  return dueAt(date) <= at ? date : previousTradeDate(date);
}

/** When `lastDue` gives another date than it does at `at`. */
export function nextDue(at: Date): Date {
  return dueAt(nextTradeDate(lastDue(at)));
}

/**
 * True when the reading's trade date is older than the last one whose reading was due at the time asked for.
 *
 * @param asked null: `now`
 * @param now nothing later than this can be due, whatever date is asked for
 */
export function isStale(tradeDate: IsoDate, asked: MarketTime | null, now: Date): boolean {
  if (asked === null) return tradeDate < lastDue(now);
  if ("instant" in asked) return tradeDate < lastDue(asked.instant < now ? asked.instant : now);
  return tradeDate < lastDue(now) && tradeDate < tradeDateOnOrBefore(asked.tradeDate);
}
