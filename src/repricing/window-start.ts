import type { IsoDate } from "../calendar/calendar-date.ts";
import { addDays, addMonths, dayOfMonth, daysInMonth, monthOf } from "../calendar/calendar-date.ts";
import {
  previousTradeDate,
  sessionTradeDate,
  settlementInstant,
  tradeDateOnOrBefore,
} from "../calendar/trade-dates.ts";

/** The windows that a shift can be asked for. */
export const SHIFT_WINDOWS = ["1h", "1d", "1w", "1m"] as const;
export type ShiftWindow = (typeof SHIFT_WINDOWS)[number];

const HOUR_MS = 3_600_000;

/** Where a window begins: "then" is the last reading at or before the instant. */
export interface WindowStart {
  readonly instant: Date;
  /** the trade date whose settlement that instant is; null for a window counted in hours */
  readonly tradeDate: IsoDate | null;
}

/**
 * Where the window that ends at `asOf` begins, counted in trade dates and not in UTC instants: `1d` the previous trade
 * date; `1w` the trade date 7 calendar days back; `1m` the same day of the previous calendar month, or that month's last
 * when it is shorter. A day that is no trade date gives way to the last one before it.
 *
 * @param asOf an instant, or a date for its settlement (or the last one before it)
 * @throws RangeError when an instant is not a valid date
 * @example
 * windowStart("1m", "2025-11-17").tradeDate; // "2025-10-17"
 */
export function windowStart(window: ShiftWindow, asOf: Date | IsoDate): WindowStart {
  const tradeDate = asOf instanceof Date ? sessionTradeDate(asOf) : tradeDateOnOrBefore(asOf);
  if (window === "1h") {
    const end = asOf instanceof Date ? asOf : settlementInstant(tradeDate);
    return { instant: new Date(end.getTime() - HOUR_MS), tradeDate: null };
  }
  const start = startDate(window, tradeDate);
  return { instant: settlementInstant(start), tradeDate: start };
}

function startDate(window: Exclude<ShiftWindow, "1h">, tradeDate: IsoDate): IsoDate {
  if (window === "1d") return previousTradeDate(tradeDate);
  if (window === "1w") return tradeDateOnOrBefore(addDays(tradeDate, -7));
  const month = addMonths(monthOf(tradeDate), -1);
  const day = Math.min(dayOfMonth(tradeDate), daysInMonth(month));
  return tradeDateOnOrBefore(`${month}-${String(day).padStart(2, "0")}`);
}
