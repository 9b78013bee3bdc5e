/** Weekdays without a settlement of CME's interest-rate futures, by rule. */
import type { IsoDate } from "./calendar-date.ts";
import { employmentReportDay, goodFriday, usMarketHolidays } from "./holiday-rules.ts";

// The employment report comes out on some Good Fridays, and the exchange then trades until 10:00 or 10:15 Chicago and settles:
// 2007, 2010, 2012 and 2015 (its notice FRB 15-03 treats the day as any other business day), 2023-04-07 (settlements with volume and
// open interest) and 2026-04-03 (FedWatch's export has the day). Of 2021-04-02 its history has 16,075 contracts traded and no
// settlement, so that day is none. Assumed for later years, of which 2034-04-07 is the first: that it settles such days.
const UNSETTLED: ReadonlySet<IsoDate> = new Set(["2021-04-02"]);

/** Whether Good Friday is a day of the employment report on which the exchange settles. */
function isSettledGoodFriday(date: IsoDate, year: number): boolean {
  return date === goodFriday(year) && date === employmentReportDay(`${year}-04`) && !UNSETTLED.has(date);
}

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
  const holidays = usMarketHolidays(year).filter((date) => !isSettledGoodFriday(date, year));
  const closed = new Set([...holidays, ...SPECIAL_CLOSURES.filter((date) => Number(date.slice(0, 4)) === year)]);
  memo.set(year, closed);
  return closed;
}
