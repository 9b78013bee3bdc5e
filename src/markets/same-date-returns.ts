import type { IsoDate } from "../calendar/calendar-date.ts";
import { previousTradeDate, tradeDateOnOrBefore } from "../calendar/trade-dates.ts";
import type { CloseHistory } from "./close-history.ts";

/** One trading day of the futures: from the settlement of `fromDate` to that of `date`. */
export interface TradeDay {
  readonly fromDate: IsoDate;
  readonly date: IsoDate;
}

/** The last `count` trade days up to `date`, ascending. */
export function tradeDaysUpTo(date: IsoDate, count: number): TradeDay[] {
  const days: TradeDay[] = [];
  let day = tradeDateOnOrBefore(date);
  for (let i = 0; i < count; i++) {
    const before = previousTradeDate(day);
    days.push({ fromDate: before, date: day });
    day = before;
  }
  return days.reverse();
}

/**
 * The asset's return over each trade day, from the close dated its start to the close dated its end: so all assets, and the
 * path, are compared over the same dates (crypto's Monday holds its weekend too, as the future's does).
 *
 * @returns as many as `days`; null where the asset's market was closed on either date or the close is missing
 */
export function sameDateReturns(history: CloseHistory, days: readonly TradeDay[]): (number | null)[] {
  return days.map(({ fromDate, date }) => {
    const then = history.get(fromDate);
    const now = history.get(date);
    return then === undefined || now === undefined ? null : now / then - 1;
  });
}
