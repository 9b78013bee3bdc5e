import type { IsoDate } from "../calendar/calendar-date.ts";
import { addDays } from "../calendar/calendar-date.ts";
import type { PanelSymbol } from "../pricing/observations.ts";
import { isSession } from "./sessions.ts";

// Walking five years of eight calendars takes 25 ms; a year of one asset is worked out once.
const yearsKnown = new Map<string, ReadonlySet<IsoDate>>();

function sessionsOfYear(symbol: PanelSymbol, year: string): ReadonlySet<IsoDate> {
  const key = `${symbol} ${year}`;
  const known = yearsKnown.get(key);
  if (known !== undefined) return known;
  const sessions = new Set<IsoDate>();
  for (let date = `${year}-01-01`; date.startsWith(year); date = addDays(date, 1)) {
    if (isSession(symbol, date)) sessions.add(date);
  }
  yearsKnown.set(key, sessions);
  return sessions;
}

/** {@link isSession}, from a year's list: for asking about every close of a long history. */
export function isOwnSession(symbol: PanelSymbol, date: IsoDate): boolean {
  return sessionsOfYear(symbol, date.slice(0, 4)).has(date);
}

/** The asset's sessions from `from` to `to`, both included, ascending. Empty when `to` is earlier. */
export function ownSessions(symbol: PanelSymbol, from: IsoDate, to: IsoDate): IsoDate[] {
  const sessions: IsoDate[] = [];
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year++) {
    for (const date of sessionsOfYear(symbol, String(year).padStart(4, "0")))
      if (date >= from && date <= to) sessions.push(date);
  }
  return sessions;
}
