import type { IsoDate } from "../calendar/calendar-date.ts";
import { nextTradeDate } from "../calendar/trade-dates.ts";

// One entry a trade date, so 2,600 in ten years. Asking the exchange's calendar takes 2 us, for each target of each day.
const following = new Map<IsoDate, IsoDate>();

function dateAfter(tradeDate: IsoDate): IsoDate {
  const known = following.get(tradeDate);
  if (known !== undefined) return known;
  const next = nextTradeDate(tradeDate);
  following.set(tradeDate, next);
  return next;
}

/** How many trade dates lie after `from` through `to`; 1 for neighbours, 0 when `to` is not later. */
export function tradeDatesBetween(from: IsoDate, to: IsoDate): number {
  let count = 0;
  for (let date = from; date < to; date = dateAfter(date)) count++;
  return count;
}

/** The trade date so many trade dates later. */
export function tradeDateAfter(tradeDate: IsoDate, count: number): IsoDate {
  let date = tradeDate;
  for (let i = 0; i < count; i++) date = dateAfter(date);
  return date;
}
