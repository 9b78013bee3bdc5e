/** Weekdays without a settlement of CME's interest-rate futures, by rule. */
import type { IsoDate } from "./calendar-date.ts";
import { usMarketHolidays } from "./holiday-rules.ts";

// The employment report comes out on some Good Fridays, and the exchange then trades until 10:00 or 10:15. Up to 2015 it
// settled such a day (2015-04-03 is in the settlement history, and the exchange's notice FRB 15-03 treats it as any other
// business day); since 2021 it books the trading on Monday (2021-04-02: 16,075 contracts traded, no settlement). 2007,
// 2010 and 2012 follow the practice of 2015, 2023 and 2026 that of 2021.
const SETTLED_GOOD_FRIDAYS: ReadonlySet<IsoDate> = new Set(["2007-04-06", "2010-04-02", "2012-04-06", "2015-04-03"]);

// From the exchanges' notices. Cut short, but settled: 2001-09-11 (halted at 9:15), 2002-09-11, 2007-01-02,
// 2012-10-29, 2018-12-05 and 2025-01-09 (these two are in the history); 2012-10-30 was a full day.
const SPECIAL_CLOSURES: readonly IsoDate[] = [
  "2001-09-12", // reopened on 13 September
  "2004-06-11", // mourning for President Reagan: floors closed, electronic trading until 8:00
];

const memo = new Map<number, ReadonlySet<IsoDate>>();

/**
 * The year's holidays and closures, as observed; days on a weekend may be among them.
 *
 * Exactly the 70 weekdays missing from the settlements of 2015 to 2022, and the 11 missing from FedWatch's daily export of
 * 21 Aug 2024 to 31 Oct 2025; before and after, from the exchange's published schedules and the same rules.
 */
export function closedDays(year: number): ReadonlySet<IsoDate> {
  const known = memo.get(year);
  if (known !== undefined) return known;
  const holidays = usMarketHolidays(year).filter((date) => !SETTLED_GOOD_FRIDAYS.has(date));
  const closed = new Set([...holidays, ...SPECIAL_CLOSURES.filter((date) => Number(date.slice(0, 4)) === year)]);
  memo.set(year, closed);
  return closed;
}
