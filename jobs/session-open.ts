import { sessionEndInstant, sessionTradeDate } from "../src/calendar/trade-dates.ts";
import { CHICAGO, dateInZone, timeInZone } from "../src/calendar/zoned-time.ts";

const SESSION_START_HOUR = 17;
const FRIDAY = 5;
const SATURDAY = 6;

/** Whether fed-funds futures trade: 17:00 to 16:00 Chicago, Sunday evening to Friday, exchange holidays left out. */
export function isSessionOpen(at: Date): boolean {
  const tradeDate = sessionTradeDate(at);
  const today = dateInZone(at, CHICAGO);
  if (today > tradeDate) return false;
  if (today === tradeDate) return at <= sessionEndInstant(tradeDate);
  // The evening of a Friday belongs to Monday's trade date, and nothing trades before Sunday's.
  const weekday = new Date(`${today}T12:00:00Z`).getUTCDay();
  return timeInZone(at, CHICAGO).hour >= SESSION_START_HOUR && weekday !== FRIDAY && weekday !== SATURDAY;
}
