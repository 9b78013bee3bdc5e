/** When the markets of the panel are open, and at which instant each day's close exists. */
import type { IsoDate } from "../calendar/calendar-date.ts";
import { addDays, weekday } from "../calendar/calendar-date.ts";
import { thanksgiving, usMarketHolidays } from "../calendar/holiday-rules.ts";
import { TRADE_CALENDAR_END } from "../calendar/trade-dates.ts";
import { HONG_KONG, NEW_YORK, SHANGHAI, UTC, zonedInstant } from "../calendar/zoned-time.ts";
import type { PanelSymbol } from "../pricing/observations.ts";
import { ASIAN_CLOSURES_END, HONG_KONG_CLOSURES, isHongKongHalfDay, SHANGHAI_CLOSURES } from "./asian-closures.ts";

interface Market {
  /** asked for weekdays only, unless the market never closes */
  readonly isClosed: (date: IsoDate) => boolean;
  readonly weekends: boolean;
  readonly closeInstant: (date: IsoDate) => Date;
  readonly calendarEnd: IsoDate | null;
}

// Days on which New York's stock exchanges stayed shut beyond the holidays of the rules.
const STOCK_CLOSURES: ReadonlySet<IsoDate> = new Set([
  "2001-09-11",
  "2001-09-12",
  "2001-09-13",
  "2001-09-14",
  "2004-06-11", // mourning for President Reagan
  "2007-01-02", // mourning for President Ford
  "2012-10-29", // hurricane Sandy
  "2012-10-30",
  "2018-12-05", // mourning for President Bush
  "2025-01-09", // mourning for President Carter
]);

const holidaysByYear = new Map<number, ReadonlySet<IsoDate>>();

function isUsHoliday(date: IsoDate): boolean {
  const year = Number(date.slice(0, 4));
  let holidays = holidaysByYear.get(year);
  if (holidays === undefined) {
    holidays = new Set(usMarketHolidays(year));
    holidaysByYear.set(year, holidays);
  }
  return holidays.has(date);
}

/** 13:00 closes since 2013: the day after Thanksgiving, 3 July and Christmas Eve where they are sessions. */
function isStockHalfDay(date: IsoDate): boolean {
  const day = date.slice(5);
  return day === "07-03" || day === "12-24" || addDays(date, -1) === thanksgiving(Number(date.slice(0, 4)));
}

const NEW_YORK_STOCKS: Market = {
  isClosed: (date) => isUsHoliday(date) || STOCK_CLOSURES.has(date),
  weekends: false,
  closeInstant: (date) => zonedInstant(date, isStockHalfDay(date) ? 13 : 16, 0, NEW_YORK),
  calendarEnd: TRADE_CALENDAR_END,
};

// The future settles at 13:30 but trades on, and daily bars run to 17:00: the close is surely there by then.
const COMEX: Market = {
  isClosed: isUsHoliday,
  weekends: false,
  closeInstant: (date) => zonedInstant(date, 17, 0, NEW_YORK),
  calendarEnd: TRADE_CALENDAR_END,
};

const HONG_KONG_STOCKS: Market = {
  isClosed: (date) => HONG_KONG_CLOSURES.has(date),
  weekends: false,
  closeInstant: (date) => zonedInstant(date, isHongKongHalfDay(date) ? 12 : 16, 0, HONG_KONG),
  calendarEnd: ASIAN_CLOSURES_END,
};

const SHANGHAI_STOCKS: Market = {
  isClosed: (date) => SHANGHAI_CLOSURES.has(date),
  weekends: false,
  closeInstant: (date) => zonedInstant(date, 15, 0, SHANGHAI),
  calendarEnd: ASIAN_CLOSURES_END,
};

const CRYPTO: Market = {
  isClosed: () => false,
  weekends: true,
  closeInstant: (date) => zonedInstant(addDays(date, 1), 0, 0, UTC),
  calendarEnd: null,
};

const MARKETS: Readonly<Record<PanelSymbol, Market>> = {
  BTC: CRYPTO,
  ETH: CRYPTO,
  NDX: NEW_YORK_STOCKS,
  SPX: NEW_YORK_STOCKS,
  NVDA: NEW_YORK_STOCKS,
  GOLD: COMEX,
  HSI: HONG_KONG_STOCKS,
  SSE: SHANGHAI_STOCKS,
};

/**
 * Last day each asset's calendar was drawn up for; null: never closed. Later, New York goes on by its rules and every weekday
 * counts as a session in Hong Kong and Shanghai.
 */
export const SESSIONS_END: Readonly<Record<PanelSymbol, IsoDate | null>> = {
  BTC: CRYPTO.calendarEnd,
  ETH: CRYPTO.calendarEnd,
  NDX: NEW_YORK_STOCKS.calendarEnd,
  SPX: NEW_YORK_STOCKS.calendarEnd,
  NVDA: NEW_YORK_STOCKS.calendarEnd,
  GOLD: COMEX.calendarEnd,
  HSI: HONG_KONG_STOCKS.calendarEnd,
  SSE: SHANGHAI_STOCKS.calendarEnd,
};

/** Whether the asset's market trades on a date of its own zone; known from 2015 on. */
export function isSession(symbol: PanelSymbol, date: IsoDate): boolean {
  const market = MARKETS[symbol];
  return market.weekends || (weekday(date) % 6 !== 0 && !market.isClosed(date));
}

/**
 * The instant of the close dated `date`: 16:00 New York (13:00 on half days), 17:00 New York for gold, 16:00 Hong Kong (12:00
 * on half days), 15:00 Shanghai, and for crypto the midnight UTC that ends the day.
 *
 * @returns null when the market is closed that day
 */
export function closeInstant(symbol: PanelSymbol, date: IsoDate): Date | null {
  return isSession(symbol, date) ? MARKETS[symbol].closeInstant(date) : null;
}

/** The asset's first session strictly after `date`. */
export function nextSession(symbol: PanelSymbol, date: IsoDate): IsoDate {
  let day = addDays(date, 1);
  while (!isSession(symbol, day)) day = addDays(day, 1);
  return day;
}

/** The asset's last session strictly before `date`. */
export function previousSession(symbol: PanelSymbol, date: IsoDate): IsoDate {
  let day = addDays(date, -1);
  while (!isSession(symbol, day)) day = addDays(day, -1);
  return day;
}
